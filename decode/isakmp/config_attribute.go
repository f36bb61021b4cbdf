package isakmp

// ConfigAttribute is the type of an attribute of a Mode-Config or XAUTH transaction:
// draft-ietf-ipsec-isakmp-mode-cfg-05, draft-beaulieu-ike-xauth-02, and the private
// numbers of Cisco's Unity and of Check Point.
type ConfigAttribute uint16

// Attributes of a transaction that this program names by constant.
const (
	ConfigIP4Address        ConfigAttribute = 1
	ConfigXAUTHType         ConfigAttribute = 16520
	ConfigXAUTHUserName     ConfigAttribute = 16521
	ConfigXAUTHUserPassword ConfigAttribute = 16522
	ConfigXAUTHPasscode     ConfigAttribute = 16523
	ConfigXAUTHMessage      ConfigAttribute = 16524
	ConfigXAUTHStatus       ConfigAttribute = 16527
	ConfigXAUTHNextPIN      ConfigAttribute = 16528
	ConfigXAUTHAnswer       ConfigAttribute = 16529
)

// configForm is how the value of a configuration attribute is written.
type configForm uint8

const (
	formHex    configForm = iota
	formText              // name or message
	formNumber            // unsigned, 1 to 8 octets
	formIP                // one address
	formSubnet            // IPv4 address and mask, or IPv6 address and prefix length
	formSplit             // Unity networks: address, mask, protocol, two ports; 14 octets each
	formTypes             // list of attribute numbers, two octets each
	formSecret            // password
)

// configAttributes are the known attributes and the forms of their values.
var configAttributes = map[ConfigAttribute]struct {
	name string
	form configForm
}{
	ConfigIP4Address: {"INTERNAL_IP4_ADDRESS", formIP},
	2:                {"INTERNAL_IP4_NETMASK", formIP},
	3:                {"INTERNAL_IP4_DNS", formIP},
	4:                {"INTERNAL_IP4_NBNS", formIP},
	5:                {"INTERNAL_ADDRESS_EXPIRY", formNumber},
	6:                {"INTERNAL_IP4_DHCP", formIP},
	7:                {"APPLICATION_VERSION", formText},
	8:                {"INTERNAL_IP6_ADDRESS", formSubnet},
	9:                {"INTERNAL_IP6_NETMASK", formIP},
	10:               {"INTERNAL_IP6_DNS", formIP},
	11:               {"INTERNAL_IP6_NBNS", formIP},
	12:               {"INTERNAL_IP6_DHCP", formIP},
	13:               {"INTERNAL_IP4_SUBNET", formSubnet},
	14:               {"SUPPORTED_ATTRIBUTES", formTypes},
	15:               {"INTERNAL_IP6_SUBNET", formSubnet},

	16387: {"CHKPT_DEF_DOMAIN", formText},
	16388: {"CHKPT_MAC_ADDRESS", formHex},
	16389: {"CHKPT_MARCIPAN_REASON_CODE", formHex},

	ConfigXAUTHType:         {"XAUTH-TYPE", formNumber},
	ConfigXAUTHUserName:     {"XAUTH-USER-NAME", formText},
	ConfigXAUTHUserPassword: {"XAUTH-USER-PASSWORD", formSecret},
	ConfigXAUTHPasscode:     {"XAUTH-PASSCODE", formSecret},
	ConfigXAUTHMessage:      {"XAUTH-MESSAGE", formText},
	16525:                   {"XAUTH-CHALLENGE", formHex},
	16526:                   {"XAUTH-DOMAIN", formText},
	ConfigXAUTHStatus:       {"XAUTH-STATUS", formNumber},
	ConfigXAUTHNextPIN:      {"XAUTH-NEXT-PIN", formSecret},
	ConfigXAUTHAnswer:       {"XAUTH-ANSWER", formSecret},

	28672: {"UNITY_BANNER", formText},
	28673: {"UNITY_SAVE_PASSWD", formNumber},
	28674: {"UNITY_DEF_DOMAIN", formText},
	28675: {"UNITY_SPLITDNS_NAME", formText},
	28676: {"UNITY_SPLIT_INCLUDE", formSplit},
	28677: {"UNITY_NATT_PORT", formNumber},
	28678: {"UNITY_LOCAL_LAN", formSplit},
	28679: {"UNITY_PFS", formNumber},
	28680: {"UNITY_FW_TYPE", formHex},
	28681: {"UNITY_BACKUP_SERVERS", formText},
	28682: {"UNITY_DDNS_HOSTNAME", formText},
}

// String is the name of the attribute, or the number where there is none.
func (t ConfigAttribute) String() string {
	if a, ok := configAttributes[t]; ok {
		return a.name
	}
	return decimal(t)
}

// Secret reports whether the value is something that only a user should know: a password,
// passcode, PIN or answer.
func (t ConfigAttribute) Secret() bool { return configAttributes[t].form == formSecret }
