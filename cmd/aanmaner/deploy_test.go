package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// node is a part of a manifest.
type node map[string]any

// at goes down into a part by its names; a number goes into a list.
func (n node) at(t *testing.T, way ...any) any {
	t.Helper()
	var here any = n
	for _, step := range way {
		switch where := here.(type) {
		case node:
			here = where[fmt.Sprint(step)]
		case []any:
			here = where[step.(int)]
		default:
			t.Fatalf("%v: there is nothing at %v", way, step)
		}
	}
	return here
}

// manifests reads all parts of deploy/kubernetes by their kind. A key that stands twice, or YAML that is none, is an error.
func manifests(t *testing.T) map[string]node {
	t.Helper()
	files, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	must(t, err)
	out := map[string]node{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		for d := yaml.NewDecoder(bytes.NewReader(raw)); ; {
			var n node
			err := d.Decode(&n)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			kind := fmt.Sprint(n["kind"])
			if out[kind] != nil || n["apiVersion"] == nil || n.at(t, "metadata", "name") != "aanmaner" {
				t.Errorf("%s: %s is there twice, or has no name or version", file, kind)
			}
			out[kind] = n
		}
	}
	for _, kind := range []string{"Deployment", "Service", "Ingress", "ConfigMap", "Secret", "PodDisruptionBudget", "NetworkPolicy"} {
		if out[kind] == nil {
			t.Fatalf("there is no %s", kind)
		}
	}
	return out
}

// The container is started with a command line that the program takes, and with no right that it doesn't need.
func TestTheDeploymentRunsTheProgramWithoutRights(t *testing.T) {
	deployment := manifests(t)["Deployment"]
	container := deployment.at(t, "spec", "template", "spec", "containers", 0).(node)
	var args []string
	for _, arg := range container["args"].([]any) {
		args = append(args, fmt.Sprint(arg))
	}
	if err := ours(args, true); err != nil {
		t.Error(err)
	}
	pod := deployment.at(t, "spec", "template", "spec").(node)
	for _, want := range []struct {
		have any
		want string
	}{
		{pod.at(t, "securityContext", "runAsNonRoot"), "true"}, {pod.at(t, "securityContext", "runAsUser"), "65532"},
		{pod.at(t, "automountServiceAccountToken"), "false"}, {pod.at(t, "securityContext", "seccompProfile", "type"), "RuntimeDefault"},
		{container.at(t, "securityContext", "readOnlyRootFilesystem"), "true"},
		{container.at(t, "securityContext", "allowPrivilegeEscalation"), "false"},
		{container.at(t, "securityContext", "capabilities", "drop", 0), "ALL"}, {deployment.at(t, "spec", "replicas"), "3"},
	} {
		if fmt.Sprint(want.have) != want.want {
			t.Errorf("%v, want %s", want.have, want.want)
		}
	}
}

// Everything that points at something points at what is there: labels, ports, volumes, secrets, the configuration's settings.
func TestTheManifestsFitTogether(t *testing.T) {
	all := manifests(t)
	deployment := all["Deployment"]
	label := fmt.Sprint(deployment.at(t, "spec", "template", "metadata", "labels"))
	for what, have := range map[string]any{
		"Deployment": deployment.at(t, "spec", "selector", "matchLabels"), "Service": all["Service"].at(t, "spec", "selector"),
		"PodDisruptionBudget": all["PodDisruptionBudget"].at(t, "spec", "selector", "matchLabels"),
		"NetworkPolicy":       all["NetworkPolicy"].at(t, "spec", "podSelector", "matchLabels"),
	} {
		if fmt.Sprint(have) != label {
			t.Errorf("%s selects %v, not %s", what, have, label)
		}
	}
	port := fmt.Sprint(deployment.at(t, "spec", "template", "spec", "containers", 0, "ports", 0, "containerPort"))
	metrics := fmt.Sprint(deployment.at(t, "spec", "template", "spec", "containers", 0, "ports", 1, "containerPort"))
	if got := fmt.Sprint(all["NetworkPolicy"].at(t, "spec", "ingress", 1, "ports", 0, "port")); got != metrics {
		t.Errorf("the network lets port %s in, the metrics are at %s", got, metrics)
	}
	if got := fmt.Sprint(all["NetworkPolicy"].at(t, "spec", "ingress", 0, "ports", 0, "port")); got != port {
		t.Errorf("the network lets port %s in, the program listens on %s", got, port)
	}
	config := fmt.Sprint(all["ConfigMap"].at(t, "data", "aanmaner.yaml"))
	dir := t.TempDir()
	for name, value := range all["Secret"].at(t, "stringData").(node) {
		if !strings.Contains(config, "/run/aanmaner/"+name+"\n") {
			t.Errorf("no setting names the secret %s", name)
		}
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(fmt.Sprint(value)), 0o600))
	}
	file := filepath.Join(dir, "aanmaner.yaml")
	must(t, os.WriteFile(file, []byte(strings.ReplaceAll(config, "/run/aanmaner/", dir+"/")), 0o600))
	cfg, err := daemon.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(cfg.Listen, ":"+port) || !strings.HasSuffix(cfg.Metrics, ":"+metrics) || cfg.Mode != "dry-run" || fmt.Sprint(cfg.Slack.Replicas) != fmt.Sprint(deployment.at(t, "spec", "replicas")) {
		t.Errorf("the configuration has another port or number of copies, or is live: %s %s %d", cfg.Listen, cfg.Mode, cfg.Slack.Replicas)
	}
}

// Each address that a probe asks is answered by the program that runs.
func TestTheProbesAreAnswered(t *testing.T) {
	container := manifests(t)["Deployment"].at(t, "spec", "template", "spec", "containers", 0).(node)
	world, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir()})
	must(t, err)
	defer world.Close()
	cfg, err := world.Config()
	must(t, err)
	d, err := daemon.Open(t.Context(), cfg, daemon.Options{})
	must(t, err)
	defer d.Close()
	served := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(t.Context(), func(address string) { served <- address }) }()
	var address string
	select {
	case address = <-served:
	case err := <-ended:
		t.Fatal(err)
	}
	asked := 0
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		if container[probe] == nil {
			continue
		}
		asked++
		path := fmt.Sprint(container.at(t, probe, "httpGet", "path"))
		resp, err := http.Get("http://" + address + path)
		must(t, err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s asks %s: %s", probe, path, resp.Status)
		}
	}
	if asked != 2 {
		t.Errorf("%d probes are asked", asked)
	}
}

// The examples of a reverse proxy pass on what Slack calls, to where the program listens, and nothing else.
func TestTheProxyPassesOnSlackAlone(t *testing.T) {
	for file, form := range map[string]string{
		"nginx.conf": `location (\S+) \{\s+proxy_pass http://(\S+);`, "Caddyfile": `handle (\S+) \{\s+reverse_proxy (\S+)`,
	} {
		raw, err := os.ReadFile("../../deploy/proxy/" + file)
		must(t, err)
		passed := regexp.MustCompile(form).FindAllStringSubmatch(string(raw), -1)
		if len(passed) != 1 || strings.TrimSuffix(passed[0][1], "*") != "/slack/" || passed[0][2] != daemon.Default().Listen {
			t.Errorf("%s passes on %v", file, passed)
		}
		if strings.Count(string(raw), "proxy_pass ")+strings.Count(string(raw), "reverse_proxy ") != 1 {
			t.Errorf("%s passes on something else, too", file)
		}
	}
	if !slices.Contains([]string{"127.0.0.1:8080"}, daemon.Default().Listen) {
		t.Error("the program listens on all of the machine's addresses by default")
	}
}
