package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

func version() string { return daemon.Version }

// debianConfig is the example with what a Debian system has elsewhere.
func debianConfig() string {
	return strings.Replace(daemon.Example(), "database: aanmaner.db ", "database: /var/lib/aanmaner/aanmaner.db ", 1)
}

// deb makes the Debian package.
func (r release) deb(ctx context.Context) (string, error) {
	program, err := r.binary(ctx)
	if err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp("", "aanmaner-deb-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // nothing of it is wanted
	info, err := r.debInfo(ctx, program, tmp)
	if err != nil {
		return "", err
	}
	path := filepath.Join(r.out, deb.Default.ConventionalFileName(info))
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	if err := deb.Default.Package(info, f); err != nil {
		_ = f.Close() // the package failed already
		return "", err
	}
	return path, f.Close()
}

// debInfo says what is in the package and where it goes.
func (r release) debInfo(ctx context.Context, program, tmp string) (*nfpm.Info, error) {
	config, copyright := filepath.Join(tmp, "aanmaner.yaml"), filepath.Join(tmp, "copyright")
	if err := os.WriteFile(config, []byte(debianConfig()), 0o600); err != nil {
		return nil, err
	}
	licences, err := r.licences(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(copyright, licences, 0o600); err != nil {
		return nil, err
	}
	file := func(source, to string, mode os.FileMode) *files.Content {
		return &files.Content{Source: source, Destination: to, FileInfo: &files.ContentFileInfo{Mode: mode, MTime: r.at, Owner: "root", Group: "root"}}
	}
	conf := file(config, "/etc/aanmaner/aanmaner.yaml", 0o640)
	conf.Type = files.TypeConfigNoReplace
	contents := files.Contents{
		file(program, "/usr/bin/aanmaner", 0o755), conf, file(copyright, "/usr/share/doc/aanmaner/copyright", 0o644),
		file(filepath.Join(r.root, "deploy/systemd/aanmaner.service"), "/usr/lib/systemd/system/aanmaner.service", 0o644),
	}
	// The pages lie beside each other as they do here, so that what they point at is there, too.
	for _, pattern := range []string{"README.md", "CHANGELOG.md", "LICENSE", "docs/*", "deploy/kubernetes/*", "deploy/proxy/*", "backoffice/inhouse/openapi.yaml"} {
		pages, err := filepath.Glob(filepath.Join(r.root, pattern))
		if err != nil {
			return nil, err
		}
		for _, page := range pages {
			place, err := filepath.Rel(r.root, page)
			if err != nil {
				return nil, err
			}
			contents = append(contents, file(page, "/usr/share/doc/aanmaner/"+filepath.ToSlash(place), 0o644))
		}
	}
	script := func(name string) string { return filepath.Join(r.root, "deploy/debian", name) }
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: "aanmaner", Arch: r.arch, Platform: "linux", Version: r.version, Section: "admin", Priority: "optional",
		Maintainer: "The Aanmaner maintainers <maintainers@aanmaner.example>", MTime: r.at,
		Description: "Bot that carries out a hosting company's non-payer procedure\n" +
			"It works from Slack: it looks in the back office, opens the ticket in Cerb, mails the\n" +
			"customer, suspends, cancels and records, never twice and never on someone who paid.",
		Overridables: nfpm.Overridables{
			Depends: []string{"adduser"}, Recommends: []string{"ca-certificates"}, Contents: contents,
			Scripts: nfpm.Scripts{PostInstall: script("postinst"), PreRemove: script("prerm"), PostRemove: script("postrm")},
			Deb:     nfpm.Deb{Compression: "gzip"},
		},
	})
	return info, nfpm.PrepareForPackager(info, "deb")
}
