package hmac

// queueLists is the number of lists of a queue; messages of at least
// queueLists-1 blocks share the last.
const queueLists = 64

// queue gives jobs longest first: lanes that start together then end together,
// and no long message is left for the end, when other lanes have nothing to
// do.
type queue struct {
	jobs    []Job
	waiting int               // jobs that have not been taken
	list    int               // waiting jobs are in this list and those below
	heads   [queueLists]int32 // index of the first job of as many blocks, plus 1; 0: none
}

// put fills the queue, which is empty. Blocks have 1<<shift octets.
func (q *queue) put(jobs []Job, shift int) {
	q.jobs, q.waiting, q.list = jobs, len(jobs), 0
	for i := range jobs {
		list := min(len(jobs[i].Text)>>shift, queueLists-1)
		q.list = max(q.list, list)
		jobs[i].next = q.heads[list]
		q.heads[list] = int32(i) + 1
	}
}

// take returns nil when no job is left; the queue then holds none of them.
func (q *queue) take() *Job {
	for ; q.list >= 0; q.list-- {
		if i := q.heads[q.list]; i != 0 {
			j := &q.jobs[i-1]
			q.heads[q.list] = j.next
			q.waiting--
			return j
		}
	}
	q.jobs = nil
	return nil
}
