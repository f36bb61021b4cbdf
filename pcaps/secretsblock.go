package pcaps

import (
	"encoding/json"
	"fmt"
	"io"
)

// String tells the type and the length, not the content.
func (s SecretsBlock) String() string {
	return fmt.Sprintf("secrets block %#x (%d octets, not shown)", uint32(s.Type), len(s.Data))
}

// GoString is String: %#v must not show keys either.
func (s SecretsBlock) GoString() string { return s.String() }

// Format writes String for every verb.
func (s SecretsBlock) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalJSON writes String.
func (s SecretsBlock) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }
