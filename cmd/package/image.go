package main

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// nobody is the user that the image runs as.
const nobody = 65532

// image makes an OCI image from scratch: the program and the folders that it works in, nothing else. Root certificates and
// time zones are in the program itself. It is written as an OCI layout, which skopeo, crane, podman and ctr read.
func (r release) image(ctx context.Context) (string, error) {
	program, err := r.binary(ctx)
	if err != nil {
		return "", err
	}
	img, err := r.imageOf(program)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(r.out, "aanmaner-"+r.version+"-"+r.arch+".oci")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	path, err := layout.Write(dir, index)
	if err != nil {
		return "", err
	}
	return dir, path.AppendImage(img, layout.WithPlatform(v1.Platform{OS: "linux", Architecture: r.arch}),
		layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": r.version}))
}

// imageOf is the image around a program.
func (r release) imageOf(program string) (v1.Image, error) {
	content, err := r.layer(program)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if img, err = mutate.Append(img, mutate.Addendum{
		Layer: layer, MediaType: types.OCILayer, History: v1.History{Author: "cmd/package", Created: v1.Time{Time: r.at}, Comment: "aanmaner " + r.version},
	}); err != nil {
		return nil, err
	}
	file, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created = "linux", r.arch, v1.Time{Time: r.at}
	file.Config = v1.Config{
		User: fmt.Sprintf("%d:%d", nobody, nobody), WorkingDir: "/var/lib/aanmaner",
		Entrypoint: []string{"/usr/bin/aanmaner"}, Cmd: []string{"--config", "/etc/aanmaner/aanmaner.yaml", "serve"},
		ExposedPorts: map[string]struct{}{"8080/tcp": {}}, Volumes: map[string]struct{}{"/var/lib/aanmaner": {}}, StopSignal: "SIGTERM",
		Labels: map[string]string{
			"org.opencontainers.image.title": "aanmaner", "org.opencontainers.image.version": r.version,
			"org.opencontainers.image.description": "Carries out a hosting company's non-payer procedure from Slack",
			"org.opencontainers.image.licenses":    "Apache-2.0",
		},
	}
	return mutate.ConfigFile(img, file)
}

// layer is a tar of the one layer.
func (r release) layer(program string) ([]byte, error) {
	raw, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	add := func(name string, kind byte, mode int64, owner int, content []byte) {
		if err != nil {
			return
		}
		err = w.WriteHeader(&tar.Header{Name: name, Typeflag: kind, Mode: mode, Uid: owner, Gid: owner, Size: int64(len(content)), ModTime: r.at, Format: tar.FormatPAX})
		if err == nil {
			_, err = w.Write(content)
		}
	}
	for _, dir := range []string{"usr/", "usr/bin/", "etc/", "etc/aanmaner/", "var/", "var/lib/"} {
		add(dir, tar.TypeDir, 0o755, 0, nil)
	}
	add("usr/bin/aanmaner", tar.TypeReg, 0o755, 0, raw)
	add("var/lib/aanmaner/", tar.TypeDir, 0o700, nobody, nil)
	add("tmp/", tar.TypeDir, 0o1777, 0, nil)
	if err != nil {
		return nil, err
	}
	return out.Bytes(), w.Close()
}
