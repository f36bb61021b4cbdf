package secrets

// What a file may make this package hold. Each limit that is reached is reported, as an error or as a warning with a count.
const (
	maxTOML      = 64 << 20 // octets of a TOML file, which is read whole
	maxJSON      = 64 << 20 // octets of a JSON file, which is read whole
	maxTOMLItems = 1 << 17  // keys, values and table headers of one part of a TOML file
	maxTOMLDepth = 8        // arrays and inline tables inside each other
	maxKeyParts  = 8        // parts of a dotted key
	maxLine      = 256 << 10
	maxSecret    = 64 << 10 // octets of one secret
	maxIDs       = 1 << 10  // identities of one pre-shared key
	maxEntries   = 1 << 18  // entries taken from one file
	maxAlike     = 20       // warnings of one text
	headLen      = 64 << 10 // octets that the format is recognised from
)
