// Package pcaps reads and writes packet captures: classic pcap and pcapng,
// plain or compressed, one file or several that are read as one.
//
// # Reading
//
// OpenSet opens the captures, Set.Next returns their frames in blocks of a few
// MiB, in time order:
//
//	set, err := pcaps.OpenSet(paths, os.Stdin, pcaps.Options{})
//	if err != nil {
//		return err
//	}
//	defer set.Close()
//	for {
//		block, err := set.Next()
//		if err == io.EOF {
//			break
//		}
//		for i := range block.Frames {
//			use(&block.Frames[i])
//		}
//		block.Release()
//	}
//
// The octets of a frame lie in the block's memory, which is used again after
// Block.Release. Files are read, never mapped, so a file that shrinks meanwhile
// is a file that was cut off, and not a fault of the process.
//
// # Damage
//
// Nothing in a capture makes Next fail. What was wrong with it is in
// Set.Captures: a list of Problem values, the first MaxProblems of each Kind,
// and a count of all of them.
//
// # Writing
//
// Writer writes pcapng or classic pcap. AppendEPB and AppendPcapRecord build
// records in memory of the caller.
package pcaps

// MaxFrameLen is the largest number of captured octets that a frame may have.
// Larger records are passed over and counted (Kind Oversized). It is also the
// limit of libpcap and Wireshark for most link types.
const MaxFrameLen = 262144

// Frame is one captured packet.
type Frame struct {
	Number    int64    // 1-based, over all captures in reading order
	Nanos     int64    // Unix time in nanoseconds, saturated; 0 when the capture holds no time
	Data      []byte   // captured octets, valid until Block.Release
	WireLen   int      // octets on the wire, never less than len(Data)
	Link      LinkType // what the first octet of Data is
	Interface int      // index in CaptureInfo.Interfaces
	Capture   int      // index in Set.Captures()
	Offset    int64    // of the record (its header), in octets of the decompressed file
}
