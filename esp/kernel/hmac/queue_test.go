package hmac

import "testing"

func TestQueue(t *testing.T) {
	const shift = 6
	lengths := []int{5, 64, 9000, 0, 63, 128, 64 * 62, 64 * 63, 1 << 16, 200}
	jobs := make([]Job, len(lengths))
	for i, n := range lengths {
		jobs[i].Text = make([]byte, n)
	}
	var q queue
	for range 3 {
		q.put(jobs, shift)
		seen := map[*Job]bool{}
		last := queueLists
		for j := q.take(); j != nil; j = q.take() {
			if seen[j] {
				t.Fatal("a job was given twice")
			}
			seen[j] = true
			blocks := min(len(j.Text)>>shift, queueLists-1)
			if blocks > last {
				t.Errorf("%d blocks behind %d", blocks, last)
			}
			last = blocks
		}
		if len(seen) != len(jobs) {
			t.Errorf("%d of %d jobs", len(seen), len(jobs))
		}
		if q.take() != nil || q.jobs != nil {
			t.Error("the queue is not empty")
		}
	}
}

func TestEmptyQueue(t *testing.T) {
	var q queue
	q.put(nil, 6)
	if q.take() != nil {
		t.Error("a job out of nothing")
	}
}
