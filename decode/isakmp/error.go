package isakmp

import (
	"errors"
	"fmt"
)

// Kinds of damage, for errors.Is. Each is wrapped in an [*Error].
var (
	// ErrTruncated: the octets end inside the field.
	ErrTruncated = errors.New("cut short")
	// ErrLength: a length is impossible, below its own header, or outside what the RFC allows.
	ErrLength = errors.New("impossible length")
	// ErrCount: an announced count differs from what is there.
	ErrCount = errors.New("count does not match")
	// ErrLimit: a limit of this package was reached; the rest was not read.
	ErrLimit = errors.New("limit reached")
	// ErrTrailing: octets are left over behind the last element.
	ErrTrailing = errors.New("octets left over")
	// ErrVersion: a version that is neither 1 nor 2, or a payload of the other version.
	ErrVersion = errors.New("wrong version")
	// ErrNext: a next payload number that cannot stand there.
	ErrNext = errors.New("impossible next payload")
	// ErrValue: a value that the RFC does not allow.
	ErrValue = errors.New("impossible value")
	// ErrConflict: an attribute was given twice with different values.
	ErrConflict = errors.New("given twice with different values")
	// ErrUnsupported: a domain of interpretation whose format is unknown here.
	ErrUnsupported = errors.New("not supported")
)

// Error is damage in a message: in which element, in which field, and where.
type Error struct {
	Layer  string // element: "header", "payload", "sa", "proposal", "transform", "attribute", "notify" ...
	Field  string // field of that element, in words
	Offset int    // octets from the start of what the parser was given
	Err    error  // kind and detail; errors.Is finds one of the kinds above
}

// Error tells the damage in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("isakmp: %s: %s at octet %d: %v", e.Layer, e.Field, e.Offset, e.Err)
}

// Unwrap gives the kind of damage to errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// Shift returns err with its offset moved by n octets when it is an [*Error]; a parser of a
// payload's body counts from the body, its caller from the message.
func Shift(err error, n int) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	moved := *e
	moved.Offset += n
	return &moved
}

// detail wraps a kind of damage with the numbers that show it.
func detail(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...))
}
