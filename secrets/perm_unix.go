//go:build !windows && !plan9 && !js && !wasip1

package secrets

const hasPermissionBits = true
