package analysis

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"ikescope/ikestate"
	"ikescope/pcaps"
)

// crew opens jobs. Each worker carries a block of frames all the way: it reads and
// collects it, opens its packets, and hands over what came out, so that the block
// stays in the cache of one core. One worker at a time reads, one collects and one
// hands over, each in capture order; between these they work side by side.
//
// The jobs under way are those that waited for keys, or still do, and one for each
// worker, which bounds the memory.
type crew struct {
	opts  Options
	table *table
	feed  feeder

	reading gate
	blocks  int64 // that were read, and the ends that were found
	unread  error // why reading stopped before the end
	failed  atomic.Bool

	collecting *turn // by number of block
	sas        int   // that were numbered
	ike        map[int64][]*ikestate.Message
	broken     error // a fault of collecting
	ready      queue // by number of job

	delivering *turn // by number of job
	total      totals
	inside     insides
	faults     Faults
	err        error // of the sink
}

// feeder gives a crew its work. The first call of read that returns no block ends
// it; the crew calls collect for each read, in the same order.
type feeder interface {
	read() (*pcaps.Block, error)
	collect(b *pcaps.Block, empty *job) []*job
}

func newCrew(o Options, t *table) *crew {
	n := o.workers()
	return &crew{
		opts: o, table: t, reading: gate{looks: looks(n)}, collecting: newTurn(n), delivering: newTurn(n),
		total: totals{}, inside: newInsides(),
	}
}

// run opens all that a feeder gives.
func (c *crew) run(f feeder) error {
	c.feed = f
	var workers sync.WaitGroup
	for range c.opts.workers() {
		workers.Go(c.work)
	}
	workers.Wait()
	return errors.Join(c.err, c.broken, c.unread)
}

// work carries blocks until there are no more, or something failed. Jobs that are
// ready come before blocks that were not read yet.
func (c *crew) work() {
	w := newWorker(c.opts, c.table)
	var spare []*job // finished, to be filled again
	for more := true; !c.failed.Load(); {
		if j := c.ready.take(); j != nil {
			c.open(w, j)
			c.deliver(j)
			spare = append(spare, j)
			continue
		}
		if !more {
			return
		}
		b, n := c.read()
		c.collect(b, n, emptyJob(&spare))
		more = b != nil
	}
}

// queue is jobs in order.
type queue struct {
	lock sync.Mutex
	jobs []*job
}

func (q *queue) add(jobs []*job) {
	q.lock.Lock()
	q.jobs = append(q.jobs, jobs...)
	q.lock.Unlock()
}

// take returns the first job, nil if there is none.
func (q *queue) take() *job {
	q.lock.Lock()
	defer q.lock.Unlock()
	if len(q.jobs) == 0 {
		return nil
	}
	j := q.jobs[0]
	q.jobs = append(q.jobs[:0], q.jobs[1:]...)
	return j
}

// emptyJob takes a job out of spare, or makes one.
func emptyJob(spare *[]*job) *job {
	n := len(*spare)
	if n == 0 {
		return newJob()
	}
	j := (*spare)[n-1]
	*spare = (*spare)[:n-1]
	return j
}

// read returns the next block and its number, nil at the end.
func (c *crew) read() (*pcaps.Block, int64) {
	c.reading.enter()
	defer c.reading.Unlock()
	c.blocks++
	if c.unread != nil {
		return nil, c.blocks
	}
	var b *pcaps.Block
	if err := c.sound(func() (err error) { b, err = c.feed.read(); return }); err != nil {
		b, c.unread = nil, err
	}
	return b, c.blocks
}

// sound does something, of which a fault becomes an error.
func (c *crew) sound(do func() error) (err error) {
	if panicked := contained(c.opts.Strict, func() { err = do() }); panicked != nil {
		return fmt.Errorf("%w: %v", ErrInternal, panicked)
	}
	return err
}

// collect gives the block of number n to the feed, and makes the jobs that can be
// opened now ready.
func (c *crew) collect(b *pcaps.Block, n int64, empty *job) {
	c.collecting.await(n)
	defer c.collecting.pass()
	var jobs []*job
	err := c.sound(func() error {
		jobs = c.feed.collect(b, empty)
		for i, j := range jobs {
			j.place = c.table.jobs + int64(i) + 1
			j.group(&c.opts.Select)
			c.number(j)
			c.fillIKE(j)
		}
		return nil
	})
	if err != nil {
		jobs, c.broken = nil, err
		c.failed.Store(true)
	}
	c.table.jobs += int64(len(jobs))
	c.ready.add(jobs)
}

// number gives SAs their order: that of their first packets.
func (c *crew) number(j *job) {
	for i := range j.runs {
		r := &j.runs[i]
		if r.sa.Order == 0 && (r.opener != nil || r.flow.Key.Protocol == protocolIPComp) {
			c.sas++
			r.sa.Order = c.sas
			j.fresh = append(j.fresh, r.sa)
		}
	}
}

// fillIKE puts the messages that could be read into their places.
func (c *crew) fillIKE(j *job) {
	if c.ike == nil {
		return
	}
	for i := range j.packets {
		if p := &j.packets[i]; p.flow == nil {
			p.next = int32(len(j.messages))
			j.messages = append(j.messages, copies(c.ike[p.frame]))
		}
	}
}

// copies are made since a stream's engine may solve messages again meanwhile.
func copies(messages []*ikestate.Message) (out []*ikestate.Message) {
	for _, m := range messages {
		read := *m
		out = append(out, &read)
	}
	return out
}

// open lets a worker open a job. Beyond the faults that cost a packet nobody knows
// what one cost.
func (c *crew) open(w *worker, j *job) {
	j.fault = c.sound(func() error { w.do(j); return nil })
}

// deliver waits for the job's turn and hands it over. After an error the turn goes
// on, so that nobody waits for ever.
func (c *crew) deliver(j *job) {
	c.delivering.await(j.place)
	defer c.delivering.pass()
	if c.err == nil {
		c.err = c.sound(func() error { c.addUp(j); return c.hand(j) })
	}
	if c.err != nil {
		c.failed.Store(true)
	}
	j.block.Release()
}

func (c *crew) addUp(j *job) {
	for s, t := range j.totals {
		c.total.of(s).Add(*t)
	}
	c.inside.add(j)
	c.faults.add(j.faults)
}

// hand gives a job to the sink.
func (c *crew) hand(j *job) error {
	if j.fault != nil {
		return j.fault
	}
	if a, ok := c.opts.Sink.(Announced); ok {
		for _, s := range j.fresh {
			if err := a.Announce(s); err != nil {
				return err
			}
		}
	}
	if len(j.rendered) == 0 {
		return nil
	}
	return c.opts.Sink.Write(j.rendered)
}
