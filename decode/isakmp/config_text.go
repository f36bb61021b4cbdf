package isakmp

// ConfigText is the value of a Mode-Config or XAUTH attribute as text, by the form of its
// type; in hex where it does not have that form. It holds passwords too: ask
// [ConfigAttribute.Secret] before printing.
func (a Attribute) ConfigText() string {
	return configValue(TreeContext{}, ConfigAttribute(a.Type), a)
}

// IsXAUTH reports whether the attribute belongs to extended authentication,
// draft-beaulieu-ike-xauth-02 section 4.1.
func (t ConfigAttribute) IsXAUTH() bool { return t >= ConfigXAUTHType && t <= ConfigXAUTHAnswer }
