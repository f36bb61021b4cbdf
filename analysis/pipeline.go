package analysis

import (
	"sync"

	"ikescope/decode"
	"ikescope/ikestate"
	"ikescope/pcaps"
)

// pipeline opens blocks: the reader decodes them in order, workers open one
// block each, and the writer takes the finished ones in order again. At most
// depth blocks are under way, which bounds the memory.
type pipeline struct {
	opts    Options
	decoder *decode.Decoder
	flows   *flows
	table   *table
	ike     map[int64]*ikestate.Message // by frame, where IKE is passed on

	free  chan *job
	work  chan *job
	order chan *job
	total map[*SA]*Totals

	workers sync.WaitGroup
	writer  sync.WaitGroup
	failed  chan struct{}
	err     error
	packet  decode.Packet
}

// blocksPerWorker is how many blocks wait for or pass through one worker.
const blocksPerWorker = 2

func newPipeline(o Options, f *flows, t *table) *pipeline {
	n := o.workers()
	depth := n*blocksPerWorker + 1
	p := &pipeline{
		opts: o, decoder: decode.NewDecoder(decode.DefaultLimits()), flows: f, table: t,
		free: make(chan *job, depth), work: make(chan *job, depth), order: make(chan *job, depth),
		total: map[*SA]*Totals{}, failed: make(chan struct{}),
	}
	for range depth {
		p.free <- &job{done: make(chan struct{}, 1), totals: map[*SA]*Totals{}}
	}
	for range n {
		p.workers.Go(p.runWorker)
	}
	p.writer.Go(p.runWriter)
	return p
}

func (p *pipeline) runWorker() {
	w := &worker{opts: p.opts, table: p.table}
	w.esp.Unverified = p.opts.Unverified
	for j := range p.work {
		w.do(j)
		j.done <- struct{}{}
	}
}

// runWriter hands over what was rendered in order. After an error of the sink it
// goes on to empty the queue, so that nobody waits for ever.
func (p *pipeline) runWriter() {
	for j := range p.order {
		<-j.done
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
		if p.err == nil && len(j.rendered) > 0 {
			if p.err = p.opts.Sink.Write(j.rendered); p.err != nil {
				close(p.failed)
			}
		}
		j.block.Release()
		p.free <- j
	}
}

// push decodes a block and queues it; it takes over the block. It reports false
// after an error of the sink.
func (p *pipeline) push(b *pcaps.Block) bool {
	select {
	case <-p.failed:
		b.Release()
		return false
	case j := <-p.free:
		j.reset(b)
		for i := range b.Frames {
			p.frame(j, &b.Frames[i])
		}
		p.order <- j
		p.work <- j
		return true
	}
}

func (p *pipeline) frame(j *job, f *pcaps.Frame) {
	d := &p.packet
	p.decoder.Decode(d, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
	switch d.Kind {
	case decode.KindESP, decode.KindAH, decode.KindIPComp:
		if flow := p.flows.find(keyOf(d)); flow != nil && flow.sa != nil {
			if d.Fragments > 1 {
				own(d)
			}
			j.add(flow, d, f)
		}
	case decode.KindIKE:
		if m := p.ike[f.Number]; m != nil {
			read := *m // a stream's engine may solve the message again meanwhile
			j.packets = append(j.packets, sealed{ike: &read, frame: f.Number, nanos: f.Nanos, next: -1})
		}
	}
}

// own copies a datagram that was joined from fragments out of the decoder's
// buffer, which the next frame overwrites.
func own(d *decode.Packet) {
	at := len(d.IP) - len(d.Payload)
	d.IP = append([]byte(nil), d.IP...)
	d.Payload = d.IP[at:]
}

// close waits until everything is written.
func (p *pipeline) close() error {
	close(p.work)
	p.workers.Wait()
	close(p.order)
	p.writer.Wait()
	return p.err
}
