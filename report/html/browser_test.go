package html

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ikescope/report"
)

// TestInABrowser opens reports in Chromium where that is possible: it takes node,
// playwright-core where NODE_PATH or the folder in REPORT_NODE finds it, and
// REPORT_BROWSER with the path of Chromium.
func TestInABrowser(t *testing.T) {
	chromium, modules := os.Getenv("REPORT_BROWSER"), os.Getenv("REPORT_NODE")
	node, err := exec.LookPath("node")
	if err != nil || chromium == "" || modules == "" {
		t.Skip("needs node, REPORT_BROWSER (Chromium) and REPORT_NODE (a folder with node_modules/playwright-core)")
	}
	script, err := filepath.Abs("testdata/browser.mjs")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{script, dir}
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "rekey-quick-modes-pfs", "fail-wrong-psk", "net-loss-20", "two-tunnels", "ikev2-rekey-pfs"} {
		path := filepath.Join(dir, name+".html")
		if err := os.WriteFile(path, []byte(render(t, recorded(t, name, true), report.Options{})), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	c := exec.Command(node, args...)
	c.Dir, c.Env = modules, append(os.Environ(), "CHROMIUM="+chromium, "SHOTS=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
