package hclspec

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// fileFunctions returns the functions that look at files, relative to dir.
func (d *decoder) fileFunctions(dir string) map[string]function.Function {
	of := func(show func([]byte) string) function.Function {
		return textFunc(func(path string) (string, error) {
			content, err := d.readFile(dir, path)
			return show(content), err
		})
	}
	return map[string]function.Function{
		"abspath":          textFunc(func(s string) (string, error) { return within(dir, s), nil }),
		"file":             textFunc(func(s string) (string, error) { return d.readText(dir, s) }),
		"filebase64":       of(encodeBytes),
		"filebase64sha256": of(func(b []byte) string { return encodeBytes(checksum(sha256.New, b)) }),
		"filebase64sha512": of(func(b []byte) string { return encodeBytes(checksum(sha512.New, b)) }),
		"fileexists":       d.fileExistsFunc(dir),
		"filemd5":          of(func(b []byte) string { return hex.EncodeToString(checksum(md5.New, b)) }),
		"fileset":          d.fileSetFunc(dir),
		"filesha1":         of(func(b []byte) string { return hex.EncodeToString(checksum(sha1.New, b)) }),
		"filesha256":       of(func(b []byte) string { return hex.EncodeToString(checksum(sha256.New, b)) }),
		"filesha512":       of(func(b []byte) string { return hex.EncodeToString(checksum(sha512.New, b)) }),
		"pathexpand":       textFunc(d.expandHome),
	}
}

// within returns path as an absolute one, relative to dir.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

func (d *decoder) readText(dir, path string) (string, error) {
	text, err := d.readFile(dir, path)
	if err == nil && !utf8.Valid(text) {
		err = fmt.Errorf("%s is not UTF-8 text; filebase64 reads any file", path)
	}
	return string(text), err
}

func (d *decoder) readFile(dir, path string) ([]byte, error) {
	content, err := d.disk.ReadFile(within(dir, path))
	if err != nil {
		err = fmt.Errorf("%s: %w", path, reason(err))
	}
	return content, err
}

func (d *decoder) fileExistsFunc(dir string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(d.disk.IsFile(within(dir, args[0].AsString()))), nil
		},
	})
}

// expandHome returns path with the home directory for a ~ that it begins with.
func (d *decoder) expandHome(path string) (string, error) {
	home, ok := lookupEnv(d.opts.Environ, "HOME")
	switch {
	case path != "~" && !strings.HasPrefix(path, "~/"):
		return path, nil
	case !ok || home == "":
		return "", fmt.Errorf("HOME is not set, so that ~ stands for nothing")
	}
	return filepath.Join(home, path[1:]), nil
}
