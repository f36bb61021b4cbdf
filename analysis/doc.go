// Package analysis is the pipeline: captures and secrets in, a [Result] and the
// inner packets out.
//
//	capture -> block of frames -> packet
//	             IKE -> ikestate            (collect)
//	             ESP -> flow, samples       (collect)
//	rebuilt state -> keys of each flow      (resolve)
//	capture -> ESP -> worker -> inner packet, in order   (open)
//
// A capture that can be read twice is collected whole before its ESP is opened,
// so that a packet may stand before the exchange that made its SA. A stream is
// read once: opening follows collecting at a distance of [Options].Lookahead
// blocks. Either way memory does not grow with the capture.
package analysis
