package suite

import "crypto/ecdh"

// groups of the IKE registries. Sources: RFC 2409 section 6 (1 to 4), RFC 3526
// (5, 14 to 18), RFC 5903 (19 to 21), RFC 5114 (22 to 26), RFC 6932 and RFC
// 6954 (27 to 30), RFC 8031 (31, 32), RFC 9385 (33, 34),
// draft-ietf-ipsecme-ikev2-mlkem (35 to 37).
var groups = []Group{
	modpRow("modp768", 1, pi768),
	modpRow("modp1024", 2, pi1024),
	{Name: "ec2n155", ID: 3, Bits: 155},
	{Name: "ec2n185", ID: 4, Bits: 185},
	modpRow("modp1536", 5, pi1536),
	modpRow("modp2048", 14, pi2048),
	modpRow("modp3072", 15, pi3072),
	modpRow("modp4096", 16, pi4096),
	modpRow("modp6144", 17, pi6144),
	modpRow("modp8192", 18, pi8192),
	curveRow("ecp256", 19, 256, &nistCurve{ecdh.P256(), 32}),
	curveRow("ecp384", 20, 384, &nistCurve{ecdh.P384(), 48}),
	curveRow("ecp521", 21, 521, &nistCurve{ecdh.P521(), 66}),
	modpRow("modp1024s160", 22, rfc5114modp1024s160),
	modpRow("modp2048s224", 23, rfc5114modp2048s224),
	modpRow("modp2048s256", 24, rfc5114modp2048s256),
	curveRow("ecp192", 25, 192, secp192r1),
	curveRow("ecp224", 26, 224, secp224r1),
	curveRow("brainpoolp224r1", 27, 224, brainpoolP224r1),
	curveRow("brainpoolp256r1", 28, 256, brainpoolP256r1),
	curveRow("brainpoolp384r1", 29, 384, brainpoolP384r1),
	curveRow("brainpoolp512r1", 30, 512, brainpoolP512r1),
	{Name: "curve25519", ID: 31, Bits: 255, PublicLen: 32, SharedLen: 32, arith: curve25519{}},
	{Name: "curve448", ID: 32, Bits: 448, PublicLen: 56, SharedLen: 56, arith: curve448{}},
	{Name: "gc256a", ID: 33},
	{Name: "gc512c", ID: 34},
	{Name: "mlkem512", ID: 35, SharedLen: kemSharedLen},
	{Name: "mlkem768", ID: 36, SharedLen: kemSharedLen},
	{Name: "mlkem1024", ID: 37, SharedLen: kemSharedLen},
}

// kemSharedLen is the length of every shared secret of ML-KEM in octets, FIPS 203
// section 8.
const kemSharedLen = 32

func modpRow(name string, id uint16, p modpParams) Group {
	n := p.bits / 8
	return Group{Name: name, ID: id, Bits: p.bits, PublicLen: n, SharedLen: n, arith: newMODP(p)}
}

func curveRow(name string, id uint16, bits int, a arithmetic) Group {
	n := (bits + 7) / 8
	return Group{Name: name, ID: id, Bits: bits, PublicLen: 2 * n, SharedLen: n, arith: a}
}
