package analysis

import (
	"fmt"
	"sync"

	"ikescope/ikestate"
)

// pipeline opens jobs: workers take one each, and the writer takes the finished
// ones in order again. At most depth jobs are under way, which bounds the memory.
type pipeline struct {
	opts  Options
	table *table
	sas   int                           // that were numbered
	ike   map[int64][]*ikestate.Message // by frame, where IKE is passed on

	free   chan *job   // finished, to be filled again
	empty  chan []byte // memory for what is rendered, one for each job under way
	work   chan *job
	order  chan *job
	total  map[*SA]*Totals
	faults Faults

	workers sync.WaitGroup
	writer  sync.WaitGroup
	failed  chan struct{}
	err     error
}

// jobsPerWorker is how many jobs wait for or pass through one worker.
const jobsPerWorker = 2

func newPipeline(o Options, t *table) *pipeline {
	n := o.workers()
	depth := n*jobsPerWorker + 1
	p := &pipeline{
		opts: o, table: t,
		free: make(chan *job, depth), work: make(chan *job, depth), order: make(chan *job, depth),
		empty: make(chan []byte, depth), total: map[*SA]*Totals{}, failed: make(chan struct{}),
	}
	for range depth {
		p.free <- nil
		p.empty <- nil
	}
	for range n {
		p.workers.Go(p.runWorker)
	}
	p.writer.Go(p.runWriter)
	return p
}

func (p *pipeline) runWorker() {
	w := newWorker(p.opts, p.table)
	for j := range p.work {
		j.rendered = (<-p.empty)[:0]
		w.do(j)
		j.done <- struct{}{}
	}
}

// runWriter hands over what was rendered in order. After an error of the sink it
// goes on to empty the queue, so that nobody waits for ever.
func (p *pipeline) runWriter() {
	for j := range p.order {
		<-j.done
		p.addUp(j)
		if p.err == nil {
			if p.err = p.handed(j); p.err != nil {
				close(p.failed)
			}
		}
		j.block.Release()
		p.empty <- j.rendered
		j.rendered = nil
		p.free <- j
	}
}

// handed gives a job to the sink. A fault there is an error: nobody knows what was
// written.
func (p *pipeline) handed(j *job) (err error) {
	panicked := contained(p.opts.Strict, func() { err = p.hand(j) })
	if panicked != nil {
		return fmt.Errorf("%w: %v", ErrInternal, panicked)
	}
	return err
}

// hand gives a job to the sink.
func (p *pipeline) hand(j *job) error {
	if a, ok := p.opts.Sink.(Announced); ok {
		for _, s := range j.fresh {
			if err := a.Announce(s); err != nil {
				return err
			}
		}
	}
	if len(j.rendered) == 0 {
		return nil
	}
	return p.opts.Sink.Write(j.rendered)
}

func (p *pipeline) addUp(j *job) {
	for s, t := range j.totals {
		sum := p.total[s]
		if sum == nil {
			sum = new(Totals)
			p.total[s] = sum
		}
		sum.Add(*t)
	}
	for i := range j.nested {
		j.nested[i].count()
	}
	p.faults.add(j.faults)
}

// push queues a job and takes it over. It returns a finished one, or nil, and
// reports false after an error of the sink.
func (p *pipeline) push(j *job) (finished *job, ok bool) {
	select {
	case <-p.failed:
		j.block.Release()
		return nil, false
	case finished = <-p.free:
		j.group(&p.opts.Select)
		p.number(j)
		p.fillIKE(j)
		p.order <- j
		p.work <- j
		return finished, true
	}
}

// number gives SAs their order: that of their first packets.
func (p *pipeline) number(j *job) {
	for i := range j.runs {
		r := &j.runs[i]
		if r.sa.Order == 0 && (r.opener != nil || r.flow.Key.Protocol == protocolIPComp) {
			p.sas++
			r.sa.Order = p.sas
			j.fresh = append(j.fresh, r.sa)
		}
	}
}

// fillIKE puts the messages that could be read into their places.
func (p *pipeline) fillIKE(j *job) {
	if p.ike == nil {
		return
	}
	for i := range j.packets {
		if s := &j.packets[i]; s.flow == nil {
			for _, m := range p.ike[s.frame] {
				read := *m // a stream's engine may solve the message again meanwhile
				s.ike = append(s.ike, &read)
			}
		}
	}
}

// close waits until everything is written.
func (p *pipeline) close() error {
	close(p.work)
	p.workers.Wait()
	close(p.order)
	p.writer.Wait()
	return p.err
}
