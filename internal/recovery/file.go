// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxSize is how many bytes a file of the folder has at most. It is many times what the
// provider writes, and little enough to read at once.
const maxSize = 1 << 20

// readFile reads a file of the folder. Whoever can write there may have put something
// else in its place: a link to another file is not followed, and a named pipe, which
// would never end, is not waited for.
func readFile(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	return readRegular(path, info, noFollow)
}

// readRegular reads the file at a path if it is a regular one by the info.
func readRegular(path string, info fs.FileInfo, flags int) (content []byte, err error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s, and not a file", path, kindOfFile(info.Mode()))
	}
	var file *os.File
	err = whenFree(func() error {
		file, err = os.OpenFile(path, os.O_RDONLY|noWait|flags, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if info, err = file.Stat(); err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // it was put there since
		return nil, fmt.Errorf("%s is %s, and not a file", path, kindOfFile(info.Mode()))
	}
	content, err = io.ReadAll(io.LimitReader(file, maxSize+1))
	if len(content) > maxSize {
		return nil, fmt.Errorf("%s is larger than 1 MiB, which no file of the provider is", path)
	}
	return content, err
}

func kindOfFile(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something special"
}
