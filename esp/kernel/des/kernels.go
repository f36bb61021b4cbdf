package des

// kernel decrypts slices of blocks.
type kernel struct {
	name    string
	present bool
	blocks  int // in a slice
	// from is the number of blocks from which a slice, which always takes the
	// same time, is faster than one block after the other, if the masks have
	// to be written first.
	from   int
	expand func(*Cipher, *masks)
	// decrypt leaves in out what the cipher makes of the blocks of in, and
	// planes as it likes. The masks are those of the key.
	decrypt func(b *Batch, stages int)
}

// kernels are the implementations, fastest first. The last is always there.
var kernels = append(assembly, kernel{"go", true, goBlocks, 24, (*Cipher).plain, decryptGo})
