// Package analysis is the pipeline: captures and secrets in, a [Result] and the
// inner packets out.
//
//	capture -> block of frames -> packet
//	             IKE -> ikestate            (collect)
//	             ESP -> flow, samples       (collect)
//	rebuilt state -> keys of each flow      (resolve)
//	capture -> ESP -> worker -> inner packet, in order   (open)
//
// A packet may stand before the exchange that made its SA. A block with packets
// whose keys are not known waits until some blocks behind it are collected; a
// capture that can be read twice is, if that was not enough, while for a stream
// the distance is [Options].Lookahead blocks. Either way memory does not grow with
// the capture.
package analysis
