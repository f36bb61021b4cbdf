package suite

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"testing"
)

// The way out that the package comment tells: under strict FIPS 140-3
// enforcement the old algorithms work inside WithoutEnforcement.
func TestMain(m *testing.M) {
	code := 0
	fips140.WithoutEnforcement(func() { code = m.Run() })
	os.Exit(code)
}

func TestStrictFIPSMode(t *testing.T) {
	if os.Getenv("GODEBUG") != "" || testing.Short() {
		t.Skip("GODEBUG is set, or short tests")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "KnownAnswers|NewBlock|BothSides")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
