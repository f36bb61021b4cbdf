package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The canary is a secret of 20 octets that is easy to find in any output.
const canary = "Canary-Melodious-Yel"

// canaryForms are the ways in which it could leak; a part of 8 characters is a leak.
func canaryForms() []string {
	h := hex.EncodeToString([]byte(canary))
	return []string{canary, h, strings.ToUpper(h), base64.StdEncoding.EncodeToString([]byte(canary))}
}

func leaks(output string) string {
	const part = 8
	for _, form := range canaryForms() {
		for i := 0; i+part <= len(form); i++ {
			if strings.Contains(output, form[i:i+part]) {
				return form[i : i+part]
			}
		}
	}
	return ""
}

// canaryTexts are files of every format in which @ stands for the canary: where it belongs, where something else does,
// and where the file is broken.
var canaryTexts = []string{
	// TOML
	"[[psk]]\nsecret = \"@\"\n",
	"[[psk]]\nsecret = \" @ \"\n",
	"[[psk]]\nsecret = \"0x@\"\n",
	"[[psk]]\nsecret = \"0s@\"\n",
	"[[psk]]\nsecret = @\n",
	"[[psk]]\nsecret = \"@\n",
	"[[psk]]\nsecret = \"@\\q\"\n",
	"[[psk]]\nsecret = \"\\q@\"\n",
	"[[psk]]\nsecret = \"\\u@\"\n",
	"[[psk]]\nsecret = \"@\x00\"\n",
	"[[psk]]\nsecret = \"@\xff\"\n",
	"[[psk]]\nsecret = \"@\" x\n",
	"[[psk]]\nsecret = \"\"\"\n@\n",
	"[[psk]]\nsecret = \"@\"\nsecret = \"@\"\n",
	"[[psk]]\n@\n",
	"[[psk]]\n@ = \"@\"\n",
	"[[psk]]\n\"@\" = \"@\"\n",
	"[[psk]]\n\"@\" = \"@\"\n\"@\" = \"@\"\n",
	"[[psk]]\nids = \"@\"\nsecret = \"x\"\n",
	"[[psk]]\nsecret = \"x\"\n[psk.@]\n",
	"[[@]]\n", "[\"@\"]\nx = 1\n", "psk = \"@\"\n", "secret = \"@\"\n", "secret_hex = @\n",
	"[[psk]]\nsecret_hex = \"@\"\n", "[[psk]]\nsecret_hex = \"@0\"\n", "[[psk]]\nsecret_hex = @\n",
	"[[psk]]\nsecret_base64 = \"@\"\n", "[[psk]]\nsecret_base64 = \"*@\"\n",
	"[[ppk]]\nsecret = \"@\"\n", "[[ppk]]\nsecret_hex = \"@\"\n", "[[ppk]]\nsecret = \"x\"\nid = @\n", "[[dh]]\nshared = \"01\"\nfurther = \"@\"\n",
	"[[dh]]\nprivate = \"@\"\n", "[[dh]]\nprivate = \"@0\"\n", "[[dh]]\nshared = \"@\"\n", "[[dh]]\nshared = \"@0\"\n",
	"[[dh]]\nprivate = 0x@\n", "[[dh]]\nprivate = 1@\n", "[[dh]]\nprivate = 1e@\n",
	"[[isakmp]]\nskeyid = \"@\"\n", "[[isakmp]]\nskeyid = \"@0\"\n", "[[isakmp]]\nskeyid = \"@00\"\n",
	"[[isakmp]]\nencryption_key = \"@@@@@\"\n", "[[isakmp]]\ninitial_iv = \"@\"\n", "[[isakmp]]\ninitiator_cookie = \"@\"\n",
	"[[ike]]\nsk_d = \"@0\"\n", "[[ike]]\nsk_ei = \"@\"\nencryption = \"aes-cbc-128\"\n", "[[ike]]\nsk_ei = \"@\"\nencryption = \"@\"\n",
	"[[esp]]\nspi = \"@\"\n", "[[esp]]\nspi = @\n", "[[esp]]\nsource = \"@\"\n", "[[esp]]\nencryption = \"@\"\n", "[[esp]]\nintegrity = \"@\"\n",
	"[[esp]]\nencryption = \"aes-cbc-128\"\nencryption_key = \"@\"\n", "[[esp]]\nencryption_key = \"@\"\n", "[[esp]]\nesn = \"@\"\n",
	"[[esp]]\nspi = 1\nencryption = \"null\"\nintegrity = \"hmac-sha1-96\"\nintegrity_key = \"@\"\n",
	"[[ah]]\nencryption_key = \"@\"\n",
	// ipsec.secrets
	": PSK \"@\"\n", ": PSK \"@\n", ": PSK @\n", ": PSK 0x@\n", ": PSK 0x@0\n", ": PSK 0s@\n", ": PSK 0s*@\n", ": PSK 0t@\n",
	": PPK \"@\"\n", ": PPK 0x@\n", ": PPKS \"@\"\n", ": PPKS name \"@\"\n", ": PPKS name 0x@0\n",
	": XAUTH \"@\"\n", ": RSA key \"@\"\n", "@ : PSK \"x\"\n", "include @.secrets\n",
	// swanctl.conf
	"secrets {\n ike {\n secret = @\n }\n}\n", "secrets {\n ike {\n secret = \"@\n }\n}\n", "secrets {\n ike {\n secret = 0x@\n }\n}\n",
	"secrets {\n ike {\n secret = 0x@0\n }\n}\n", "secrets {\n ike {\n secret = 0s@*\n }\n}\n", "secrets {\n @ {\n secret = x\n }\n}\n",
	"secrets {\n eap-@ {\n secret = @\n }\n}\n", "secrets {\n ike { \"@\"\n",
	// psk.txt
	"192.0.2.1 @\n", "192.0.2.1 @ \n", "192.0.2.1 0x@\n", "192.0.2.1 0x@0\n", "@.example.org x\n", "192.0.2.1 x\n@\n",
	// ip xfrm state
	xfrmBlock("enc cbc(aes) 0x@"), xfrmBlock("enc cbc(aes) 0x@0"), xfrmBlock("enc @ 0x@"), xfrmBlock("auth @ 0x@"),
	xfrmBlock("auth-trunc hmac(sha1) 0x@0 96"), xfrmBlock("auth-trunc hmac(sha256) 0x@ 96"), xfrmBlock("aead rfc4106(gcm(aes)) 0x@ 13"),
	xfrmBlock("auth-trunc hmac(sha1) 0x@ 96", "enc cbc(des) 0x@"),
	// logs and listings
	"08[IKE] SKEYID => 20 bytes @ 0x1\n08[IKE]    0: @\n",
	"08[IKE] secret => 20 bytes @ 0x1\n08[IKE]    0: @\n08[IKE]   16: @\n",
	"2026-11-24 00:03:06: DEBUG: SKEYID computed:\n2026-11-24 00:03:06: DEBUG:\n@\n2026-11-24 00:03:07: DEBUG: IV computed:\n",
	"2026-11-24 00:03:06: DEBUG2: psk: 2026-11-24 00:03:06: DEBUG2:\n@\n",
	"15:03:36 ipsec,debug => SK_ei (size 0x14)\n15:03:36 ipsec,debug @\n15:03:36 ipsec,debug => SK_pr (size 0x15)\n15:03:36 ipsec,debug @\n",
	" 0  E spi=0x8A1C2E3 auth-algorithm=sha1 enc-algorithm=aes-cbc auth-key=\"@\" enc-key=\"@\"\n",
	" 0  E spi=0x8A1C2E3 auth-algorithm=@ enc-algorithm=@ auth-key=\"@\" enc-key=\"@\"\n",
	"| Skeyid:  @\n", "| Preshared Key  @\n", "| ei extracting all 20 bytes of key@0x1\n| unwrapped:\n|   @\n",
	"| ikev2 I 0x736ff1ee633fc942 0x09284c760c05d5a7 sha1_96:0x@ aes128:0x@\n",
	"   shared-key: @\n   enc-key: @\n   rx.key_cry: @\n   remote -> local spi: 0x1\n",
	"ikev2_sa_keys: SK_d with 20 bytes\n@\nikev2_sa_keys: SK_pr with 21 bytes\n@\n",
	"name=x ver=1 serial=1 192.0.2.1:0->192.0.2.2:0\n dec: spi=24c2ab68 esp=null key=0\n ah=sha1 key=20 @\n",
	" dec: spi=24c2ab68 esp=aes key=20 @\n ah=sha1 key=21 @\n", " dec: spi=24c2ab68 esp=@ key=20 @\n",
	"ike 0:x:1: ISAKMP SA 12f2cbed073d6dba/21c98f93c506f466 key 20:@\nike 0:x:1:y: IPsec SA dec spi 24c2ab68 key 20:@ auth 19:@\n",
	"iip 192.0.2.1 ispi 1 rip 192.0.2.2 rspi 2\n encr:aes-cbc-256 integ:sha1-96\n SK_d @\n SK_e i:@\n r:@\n child sa 0:\n encr:aes-cbc-256 integ:sha1-96\n spi(i) 1 spi(r) 2\n SK_e i:@\n r:@\n",
	"esp tunnel from 192.0.2.1 to 192.0.2.2 spi 0x1 auth hmac-sha1 enc null \\\n authkey 0x@\n", "esp from @ to @ spi 0x1 auth @ enc @ authkey 0x@ enckey 0x@\n",
	"ikev2 I 0x736ff1ee633fc942 0x09284c760c05d5a7 sha1_96:0x@ aes128:0x@\n",
	"WWW-Authenticate: Digest ck=\"@\",ik=\"@\"\n",
	"ip xfrm state add src @ dst @ proto esp spi 0x1 enc 'cbc(aes)' 0x@ auth-trunc 'hmac(sha1)' '@' 96\n", "ip xfrm state add proto esp spi 1 enc @ '@\n",
	"\"IPv4\",\"*\",\"*\",\"*\",\"NULL\",\"\",\"HMAC-SHA-1-96\",\"0x@\"\n", "\"IPv4\",\"@\",\"@\",\"@\",\"AES-CBC\",\"0x@\",\"@\",\"@\"\n",
	"47b11c8e62aa7216,@\n", "f183b2faa721534b,a7cac983326883eb,@,@,\"AES-CBC-128\",@,@,\"HMAC_SHA1_96\"\n",
	// nothing
	"@\n", "@", "\xff\xfe@",
}

func TestCanary(t *testing.T) {
	for _, template := range canaryTexts {
		for _, form := range canaryForms() {
			checkCanary(t, strings.ReplaceAll(template, "@", form))
		}
	}
}

// Where a file is cut or an octet is lost must not bring the secret out either.
func TestCanaryDamaged(t *testing.T) {
	for _, template := range canaryTexts {
		content := strings.ReplaceAll(template, "@", canaryForms()[1])
		for n := range len(content) {
			checkCanary(t, content[:n])
			checkCanary(t, content[:n]+content[n+1:])
		}
	}
}

func checkCanary(t *testing.T, content string) {
	t.Helper()
	r, ws, err := Read("f", strings.NewReader(content))
	outputs := []string{fmt.Sprint(err), fmt.Sprintf("%+v", ws)}
	if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("error of several lines: %q", err)
	}
	if r != nil {
		for i := range r.PSKs {
			r.PSKs[i].IDs = nil // identities are no secrets
		}
		j, _ := json.Marshal(r)
		outputs = append(outputs, fmt.Sprint(r), fmt.Sprintf("%+v", r), fmt.Sprintf("%#v", *r), string(j))
	}
	for _, out := range outputs {
		if part := leaks(out); part != "" {
			t.Errorf("%q of %q is in %q", part, content, out)
		}
	}
}

// The flags' values do not come back either.
func TestCanaryFlags(t *testing.T) {
	for _, form := range canaryForms() {
		for _, value := range []string{form, form + "0", form + "!", strings.Repeat(form, 200)} {
			r, err := FromDH(value)
			if part := leaks(fmt.Sprint(err) + fmt.Sprintf("%+v", r)); part != "" {
				t.Errorf("--dh: %q", part)
			}
			p, err := FromPSK(strings.Repeat(value, 1000))
			if part := leaks(fmt.Sprint(err) + fmt.Sprintf("%+v", p)); part != "" {
				t.Errorf("--psk: %q", part)
			}
		}
	}
}
