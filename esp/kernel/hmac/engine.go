package hmac

// Job is one message to authenticate.
type Job struct {
	State *State
	Text  []byte
	// Tail is hashed behind Text when HasTail: the high half of an extended
	// sequence number, in network byte order (RFC 4303, section 3.3.2.1).
	Tail    [4]byte
	HasTail bool

	// Sum is set by Engine.Sum: the HMAC, untruncated, in its first
	// Hash.Size() octets. The others are undefined.
	Sum [maxSize]byte

	next int32 // job behind this one in the same list
}

// Engine computes the HMACs of many messages. It holds the working memory of
// one goroutine and must not be copied.
type Engine struct {
	function *function
	kernels  []kernel
	lanes    lanes
	left     [maxLanes]int // blocks until the lane's present segment ends; idle: never
	work     [maxLanes]work
	queue    queue
}

// idle is the number of blocks of a lane without a message.
const idle = int(^uint(0) >> 1)

// New returns an engine of a hash, nil where no kernel can compute it.
func New(h Hash) *Engine {
	if len(kernels[h]) == 0 {
		return nil
	}
	return newEngine(h, kernels[h])
}

func newEngine(h Hash, ks []kernel) *Engine {
	e := &Engine{function: &functions[h], kernels: ks}
	for i := range e.work {
		e.left[i] = idle
		e.work[i].outer = e.function.outerBlock()
	}
	return e
}

// Min returns the fewest messages for which an engine is at least as fast as
// crypto/hmac.
func (e *Engine) Min() int { return e.narrowest().from }

// Size returns the length of a sum in octets.
func (e *Engine) Size() int { return e.function.size }

// Sum computes the HMAC of each job. It allocates nothing.
func (e *Engine) Sum(jobs []Job) {
	e.queue.put(jobs, e.function.shift)
	for {
		active := e.gather()
		k := e.choose(active + e.queue.waiting)
		for active < k.lanes && e.start(active) {
			active++
		}
		if active == 0 {
			clear(e.lanes.text[:])
			return
		}
		e.run(k, min(active, k.lanes))
	}
}

// gather moves the active lanes to the front and returns their number.
func (e *Engine) gather() int {
	active := 0
	for i := range e.kernels[0].lanes {
		if e.left[i] != idle {
			e.move(i, active)
			active++
		}
	}
	return active
}

// choose returns the fastest kernel for a number of messages.
func (e *Engine) choose(messages int) *kernel {
	for i := range e.kernels {
		if k := &e.kernels[i]; messages >= k.from {
			return k
		}
	}
	return e.narrowest()
}

func (e *Engine) narrowest() *kernel { return &e.kernels[len(e.kernels)-1] }

// run hashes with one kernel until all messages have been started and fewer
// lanes are active than the kernel is good for.
func (e *Engine) run(k *kernel, active int) {
	left, at := e.left[:k.lanes], e.lanes.at[:k.lanes]
	for active > 0 && (active >= k.from || k == e.narrowest()) {
		if active < k.lanes {
			e.shadow(k.lanes)
		}
		n := idle
		for _, l := range left {
			n = min(n, l)
		}
		k.blocks(&e.lanes, n)
		octets := n << e.function.shift
		for i := range left {
			if left[i] == idle {
				continue
			}
			left[i] -= n
			at[i] += octets
			if left[i] == 0 && !e.advance(i) {
				active--
			}
		}
	}
}

// shadow lets the idle lanes read what an active one reads.
func (e *Engine) shadow(lanes int) {
	busy := 0
	for e.left[busy] == idle {
		busy++
	}
	for i := range lanes {
		if e.left[i] == idle {
			e.lanes.text[i], e.lanes.at[i] = e.lanes.text[busy], e.lanes.at[busy]
		}
	}
}
