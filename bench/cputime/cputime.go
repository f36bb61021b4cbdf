// Package cputime measures work by the processor time that it took, which does
// not depend on how busy the machine is. Tests of time limits use it.
package cputime
