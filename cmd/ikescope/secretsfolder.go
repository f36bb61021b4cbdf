package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ikescope/secrets"
)

// Limits of a folder of secrets: a Wireshark profile, or a support bundle.
const (
	maxFolderFiles = 10_000
	maxFolderDepth = 8
)

// readSecretsFile takes the secrets of an open file and reports whether there were
// any.
type readSecretsFile func(*os.File) (bool, error)

// eachSecrets reads a file, or the files of a folder and of those inside it. What
// is in no known format is passed over in a folder, as long as one file is.
func (a *app) eachSecrets(path string, read readSecretsFile) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil && fi.IsDir() {
		return a.readFolder(path, read)
	}
	ok, err := read(f)
	if ok {
		a.warnOfReaders(f)
	}
	return err
}

func (a *app) readFolder(root string, read readSecretsFile) error {
	seen, known := 0, false
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			a.warn("%s: %v", path, cause(err))
			return nil
		case d.IsDir() && depth(root, path) > maxFolderDepth:
			a.warn("%s: folders inside each other too deep: left out", path)
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		if seen++; seen > maxFolderFiles {
			a.warn("%s: more than %d files: the rest is left out", root, maxFolderFiles)
			return fs.SkipAll
		}
		ok, err := a.readMember(path, read)
		known = known || ok
		return err
	})
	if err == nil && !known {
		err = fmt.Errorf("%s: no file in this folder holds secrets in a known format (ikescope secrets --help lists them)", root)
	}
	return err
}

// readMember reads a file of a folder.
func (a *app) readMember(path string, read readSecretsFile) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		a.warn("%s: %v", path, cause(err))
		return false, nil
	}
	defer f.Close()
	ok, err := read(f)
	if errors.Is(err, secrets.ErrUnknownFormat) {
		return false, nil
	}
	if ok {
		a.warnOfReaders(f)
	}
	return ok, err
}

// depth is how many folders path lies below root.
func depth(root, path string) (n int) {
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == "." {
		return 0
	}
	for rel != "." {
		rel = filepath.Dir(rel)
		n++
	}
	return n
}
