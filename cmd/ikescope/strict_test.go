package main

import (
	"os"
	"os/exec"
	"testing"
)

// TestStrictFIPSMode runs the truth tests where the standard library refuses DES,
// MD5 and short keys (GODEBUG=fips140=only): reading what others protected with
// them goes on.
func TestStrictFIPSMode(t *testing.T) {
	if os.Getenv("GODEBUG") != "" || testing.Short() {
		t.Skip("GODEBUG is set, or short tests")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "OfTheDaemons|OfTheKernels")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
