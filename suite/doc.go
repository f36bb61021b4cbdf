// Package suite names the algorithms of IKE, ESP and AH and constructs them.
//
// It is the only package that knows algorithm numbers, names, lengths and
// constructors. Each algorithm is a row: a [Cipher], [Hash], [PRF],
// [Integrity] or [Group]. A number from the wire is looked up with the
// function named after its registry ([Phase1Cipher], [ESPCipher],
// [IKEv2Cipher], ...); the second result is false when the number, or the key
// length with it, is nothing this package can compute. The functions ending in
// Name give a name to every number, also to those that are only known by name
// and to those that nobody has registered.
//
// Registries:
//   - IKEv1 attributes, "Internet Key Exchange (IKE) Attributes",
//     https://www.iana.org/assignments/ipsec-registry
//   - IPsec DOI, "Internet Security Association and Key Management Protocol
//     (ISAKMP) Identifiers", https://www.iana.org/assignments/isakmp-registry
//   - IKEv2 transforms, "Internet Key Exchange Version 2 (IKEv2) Parameters",
//     https://www.iana.org/assignments/ikev2-parameters
//
// Old algorithms (DES, MD5, small groups) are here because captures contain
// them, not because they should be used. In Go's strict FIPS 140-3 mode
// (GODEBUG=fips140=only) the standard library refuses or panics on many of
// them at each use; a program that uses this package runs its work inside
// crypto/fips140.WithoutEnforcement.
package suite
