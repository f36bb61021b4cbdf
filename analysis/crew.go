package analysis

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"ikescope/ikestate"
)

// crew opens jobs. Each worker carries a block of frames all the way: it reads and
// collects it, opens its packets, and hands over what came out, so that the block
// stays in the cache of one core. One worker at a time reads, and one at a time
// hands over, both in capture order; between these they work side by side.
//
// The jobs under way are those that wait for keys and one for each worker, which
// bounds the memory.
type crew struct {
	opts  Options
	table *table
	next  func() *job // nil at the end
	looks int         // that a worker takes before it sleeps

	gate  sync.Mutex // of next, and of what follows
	spare []*job     // finished, to be filled again
	taken int64      // jobs
	sas   int        // that were numbered
	ike   map[int64][]*ikestate.Message

	turn      sync.Mutex
	moved     sync.Cond    // delivered is another
	delivered atomic.Int64 // jobs
	failed    atomic.Bool

	// These belong to the worker whose turn it is.
	total  map[*SA]*Totals
	faults Faults
	err    error
}

// maxLooks is about a millisecond. To wake a worker that sleeps takes half of one,
// longer than others need to read a block or to hand one over.
const maxLooks = 500_000

func newCrew(o Options, t *table) *crew {
	c := &crew{opts: o, table: t, total: map[*SA]*Totals{}}
	c.moved.L = &c.turn
	if o.workers() <= runtime.GOMAXPROCS(0) { // else somebody else has work to do
		c.looks = maxLooks
	}
	return c
}

// run opens all jobs that next gives, and returns the error of the sink.
func (c *crew) run(next func() *job) error {
	c.next = next
	var workers sync.WaitGroup
	for range c.opts.workers() {
		workers.Go(c.work)
	}
	workers.Wait()
	return c.err
}

func (c *crew) work() {
	w := newWorker(c.opts, c.table)
	for j := c.take(nil); j != nil; j = c.take(j) {
		w.do(j)
		c.deliver(j)
	}
}

// take gives a finished job back for the next one, nil at the end or after an
// error of the sink.
func (c *crew) take(finished *job) *job {
	c.enter()
	defer c.gate.Unlock()
	if finished != nil {
		c.spare = append(c.spare, finished)
	}
	if c.failed.Load() {
		return nil
	}
	j := c.next()
	if j == nil {
		return nil
	}
	c.taken++
	j.place = c.taken
	j.group(&c.opts.Select)
	c.number(j)
	c.fillIKE(j)
	return j
}

// enter locks the gate.
func (c *crew) enter() {
	for range c.looks {
		if c.gate.TryLock() {
			return
		}
	}
	c.gate.Lock()
}

// await returns when all jobs before place were delivered.
func (c *crew) await(place int64) {
	for range c.looks {
		if c.delivered.Load() == place-1 {
			return
		}
	}
	c.turn.Lock()
	for c.delivered.Load() != place-1 {
		c.moved.Wait()
	}
	c.turn.Unlock()
}

// job returns one that was used before, or a new one.
func (c *crew) job() *job {
	n := len(c.spare)
	if n == 0 {
		return newJob()
	}
	j := c.spare[n-1]
	c.spare = c.spare[:n-1]
	return j
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

// deliver waits for the job's turn and hands it over. After an error of the sink
// the turn goes on, so that nobody waits for ever.
func (c *crew) deliver(j *job) {
	c.await(j.place)
	c.addUp(j)
	if c.err == nil {
		c.err = c.handed(j)
		c.failed.Store(c.err != nil)
	}
	j.block.Release()
	c.turn.Lock()
	c.delivered.Add(1)
	c.turn.Unlock()
	c.moved.Broadcast()
}

func (c *crew) addUp(j *job) {
	for s, t := range j.totals {
		sum := c.total[s]
		if sum == nil {
			sum = new(Totals)
			c.total[s] = sum
		}
		sum.Add(*t)
	}
	for i := range j.nested {
		j.nested[i].count()
	}
	c.faults.add(j.faults)
}

// handed gives a job to the sink. A fault there is an error: nobody knows what was
// written.
func (c *crew) handed(j *job) (err error) {
	panicked := contained(c.opts.Strict, func() { err = c.hand(j) })
	if panicked != nil {
		return fmt.Errorf("%w: %v", ErrInternal, panicked)
	}
	return err
}

func (c *crew) hand(j *job) error {
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
