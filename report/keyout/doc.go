// Package keyout writes the key material that an analysis found in the forms
// that other programs take: this program's own secrets file, a Wireshark
// profile, a tcpdump -E file, ip xfrm commands, JSON, and a table to read.
//
// Every output of this package discloses secrets; that is its purpose. Callers
// use it only where the user asked for keys by name.
package keyout
