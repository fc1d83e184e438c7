package runtimetest

import (
	"archive/tar"
	"bytes"
	"slices"

	"github.com/limber-run/limber/runtime"
)

var imageTests = []test{
	{"image describes what is there", testImage},
	{"image does not find what is not there", testImageMissing},
	{"pull says why it failed", testPullErrors},
	{"import makes an image of files", testImport},
	{"user returns numbers for numbers and for names", testUser},
	{"user does not know everybody", testUserUnknown},
}

func testImage(b *bench) {
	image, err := b.Image(b.ctx, b.env.Image)
	b.check(err)
	if image.ID == "" || image.Platform == "" {
		b.Fatalf("image = %+v", image)
	}
}

func testImageMissing(b *bench) {
	_, err := b.Image(b.ctx, "localhost/limber-test/no-such-image:1")
	b.wantError("image", err, runtime.ErrNotFound)
}

func testPullErrors(b *bench) {
	for ref, kind := range b.env.PullErrors {
		_, err := b.Pull(b.ctx, ref, nil)
		b.wantError("pull "+ref, err, kind)
	}
	_, err := b.Pull(b.ctx, "Not A Reference", nil)
	b.wantError("pull", err, runtime.ErrInvalidReference)
}

func testImport(b *bench) {
	var files bytes.Buffer
	w := tar.NewWriter(&files)
	text := []byte("made by a test of limber\n")
	b.check(w.WriteHeader(&tar.Header{Name: "hello", Mode: 0o644, Size: int64(len(text))}))
	_, err := w.Write(text)
	b.check(err)
	b.check(w.Close())

	spec := runtime.ImportSpec{
		Ref:    "localhost/limber-test/imported:1",
		Env:    []string{"GREETING=hello"},
		Labels: map[string]string{"limber.test": b.prefix},
	}
	imported, err := b.Import(b.ctx, spec, &files)
	b.check(err)
	found, err := b.Image(b.ctx, spec.Ref)
	b.check(err)
	if found.ID != imported.ID || found.Labels["limber.test"] != b.prefix {
		b.Fatalf("imported %+v, found %+v", imported, found)
	}
	if !slices.Contains(found.Env, "GREETING=hello") {
		b.Fatalf("env = %q", found.Env)
	}
}

func testUser(b *bench) {
	for user, want := range map[string][2]int{
		"": {0, 0}, "0": {0, 0}, "root": {0, 0}, "1000:1001": {1000, 1001}, "12345": {12345, 0},
	} {
		uid, gid, err := b.User(b.ctx, b.env.Image, user)
		if err != nil || uid != want[0] || gid != want[1] {
			b.Fatalf("user %q = %d:%d, %v, want %v", user, uid, gid, err, want)
		}
	}
}

func testUserUnknown(b *bench) {
	if uid, gid, err := b.User(b.ctx, b.env.Image, "no-such-user"); err == nil {
		b.Fatalf("it is %d:%d", uid, gid)
	}
	_, _, err := b.User(b.ctx, "localhost/limber-test/no-such-image:1", "0")
	b.wantError("user in a missing image", err, runtime.ErrNotFound)
}
