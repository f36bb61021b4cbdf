package des

// kernel decrypts slices of blocks.
type kernel struct {
	name    string
	present bool
	blocks  int // in a slice
	expand  func(*Cipher, *masks)
	// decrypt leaves in out what the cipher makes of the blocks of in, and
	// planes as it likes. The masks are those of the key.
	decrypt func(b *Batch, stages int)
}

// kernels are the implementations, fastest first. The last is always there.
var kernels = append(assembly, kernel{"go", true, goBlocks, (*Cipher).plain, decryptGo})
