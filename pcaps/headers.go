package pcaps

import "encoding/binary"

// appendClassicHeader appends the file header of classic pcap, version 2.4
// (draft-ietf-opsawg-pcap section 4).
func appendClassicHeader(dst []byte, r Resolution, i Interface) []byte {
	magic := uint32(magicNanos)
	if r == Microseconds {
		magic = magicMicros
	}
	const version = 4<<16 | 2
	return appendU32(dst, magic, version, 0, 0, i.SnapLen, uint32(i.Link))
}

// appendSection appends a section header block, version 1.0, of unknown length
// (draft-ietf-opsawg-pcapng section 4.1).
func appendSection(dst []byte, o *WriterOptions) []byte {
	const version, unknown = 1, 0xffffffff
	start := len(dst)
	dst = appendU32(dst, blockSection, 0, byteOrderMagic, version, unknown, unknown)
	dst = appendTexts(dst,
		textOption{optComment, o.Comment},
		textOption{optSectionSystem, o.System},
		textOption{optSectionApplication, o.Application})
	return closeBlock(dst, start)
}

// appendInterface appends an interface description block with times in
// nanoseconds (section 4.2).
func appendInterface(dst []byte, i Interface) []byte {
	start := len(dst)
	dst = appendU32(dst, blockInterface, 0, uint32(i.Link), i.SnapLen)
	return closeBlock(appendTexts(dst,
		textOption{optInterfaceName, i.Name},
		textOption{optInterfaceDescription, i.Description},
		textOption{optInterfaceResolution, string(rune(Nanoseconds))}), start)
}

// appendSecrets appends a decryption secrets block (section 4.7).
func appendSecrets(dst []byte, t SecretsType, data []byte) []byte {
	start := len(dst)
	dst = appendU32(dst, blockSecrets, 0, uint32(t), uint32(len(data)))
	dst = append(dst, data...)
	return closeBlock(appendPadding(dst, len(data)), start)
}

// closeBlock writes the length of the block that begins at start, before and
// after it.
func closeBlock(dst []byte, start int) []byte {
	total := uint32(len(dst) - start + 4)
	binary.LittleEndian.PutUint32(dst[start+4:], total)
	return appendU32(dst, total)
}
