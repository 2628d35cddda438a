package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

// others lists the programs, besides ours, that the guide tells people to run.
const others = "apt cat chmod chown cp createdb curl git install journalctl kubectl mkdir mv openssl pg_dump pg_restore podman psql " +
	"skopeo sqlite3 sudo systemctl tar useradd"

func TestEachCommandOfTheGuideCanBeRun(t *testing.T) {
	g, count := readGuide(t), 0
	for _, block := range append(g.fences("sh"), g.fences("")...) {
		if block.lang == "" && !strings.Contains(block.text, "go run ./cmd") {
			continue // a drawing
		}
		for _, line := range commandLines(block.text) {
			count++
			if err := runnable(line, true); err != nil {
				t.Errorf("%s: %s: %v", block.page, strings.Join(line, " "), err)
			}
		}
	}
	for page, text := range g {
		for _, words := range spoken(text) {
			if !strings.HasPrefix(words, "aanmaner ") || strings.ContainsAny(words, "…|<") {
				continue
			}
			count++
			if err := runnable(strings.Fields(words), false); err != nil {
				t.Errorf("%s: `%s`: %v", page, words, err)
			}
		}
	}
	if count < 60 {
		t.Errorf("only %d commands were looked at", count)
	}
}

// What the guide's reader is told to do has to be told apart from what would do harm: a wrong option is noticed.
func TestAWrongCommandInTheGuideIsNoticed(t *testing.T) {
	for _, line := range []string{
		"aanmaner case retry", "aanmaner case retry 41 --nonsense", "aanmaner nonsense", "aanmaner case", "sudo -u aanmaner aanmaner nonsense",
		"go run ./cmd/nonsense", "rm -rf /", "kubectl apply -f deploy/nonsense.yaml", "aanmaner serve now",
	} {
		if err := runnable(strings.Fields(line), true); err == nil {
			t.Errorf("%q passes", line)
		}
	}
}

// commandLines splits a block into commands and their words: comments go, a line that ends in \ goes on in the next, what
// is piped is a command of its own, and the file behind a < or > is left out.
func commandLines(block string) (out [][]string) {
	token := regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s|&;<>'"])+|[|&;<>]+`)
	comment := regexp.MustCompile(`(^|\s)#\s.*$`)
	for line := range strings.SplitSeq(strings.ReplaceAll(block, "\\\n", " "), "\n") {
		var words []string
		file := false
		for _, tok := range append(token.FindAllString(comment.ReplaceAllString(line, ""), -1), ";") {
			switch {
			case tok == ";" || tok[0] == '|' || tok[0] == '&':
				if len(words) > 0 {
					out = append(out, words)
				}
				words, file = nil, false
			case tok[0] == '<' || tok[0] == '>':
				file = true
			case file:
				file = false
			default:
				words = append(words, strings.NewReplacer("'", "", `"`, "").Replace(tok))
			}
		}
	}
	return out
}

// runnable says what is wrong with a command. Ours are held to what the program takes; of others the names are known, and
// that files of the repository are there. whole: it is the whole command, not just the mention of one.
func runnable(words []string, whole bool) error {
	for len(words) > 0 && strings.Contains(words[0], "=") { // NAME=value before a command
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	if words[0] == "sudo" {
		return runnable(withoutSudo(words[1:]), whole)
	}
	switch {
	case words[0] == "aanmaner" || words[0] == "./aanmaner":
		return ours(words[1:], whole)
	case len(words) > 2 && words[0] == "go" && words[1] == "run" && words[2] == "./cmd/aanmaner":
		return ours(words[3:], whole)
	case words[0] != "go" && !slices.Contains(strings.Fields(others), words[0]):
		return fmt.Errorf("%s is a program that the guide doesn't know", words[0])
	}
	return filesThere(words[1:])
}

func withoutSudo(words []string) []string {
	if len(words) > 1 && words[0] == "-u" {
		return words[2:]
	}
	return words
}

// ours parses a command line of the program without running it.
func ours(args []string, whole bool) error {
	root := (&app{}).root()
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	switch {
	case !whole:
		return nil
	case !cmd.Runnable() && len(cmd.Flags().Args()) == 0:
		return fmt.Errorf("%s does nothing by itself", cmd.CommandPath())
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// filesThere looks for the files and packages of the repository that a command names.
func filesThere(words []string) error {
	for _, word := range words {
		if !strings.HasPrefix(word, "deploy/") && !strings.HasPrefix(word, "./cmd/") && !strings.HasPrefix(word, "./helpdesk") && !strings.HasPrefix(word, "./backoffice") {
			continue
		}
		if _, err := os.Stat(filepath.Join("../..", word)); err != nil {
			return fmt.Errorf("%s: %w", word, fs.ErrNotExist)
		}
	}
	return nil
}

// commandsPart lists every command with its options.
func commandsPart(*testing.T) string {
	var out strings.Builder
	root := (&app{}).root()
	fmt.Fprintf(&out, "%s\n\nOptions that all commands take:\n\n```text\n%s```\n", root.Long, root.PersistentFlags().FlagUsages())
	describe(&out, root)
	return out.String()
}

func describe(out *strings.Builder, parent *cobra.Command) {
	for _, cmd := range parent.Commands() {
		if cmd.Hidden || cmd.Name() == "help" || cmd.Name() == "completion" {
			continue
		}
		if cmd.Runnable() {
			describeOne(out, cmd)
		}
		describe(out, cmd)
	}
}

func describeOne(out *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(out, "\n## %s\n\n%s.\n", cmd.CommandPath(), cmd.Short)
	if cmd.Long != "" {
		fmt.Fprintf(out, "\n%s\n", cmd.Long)
	}
	fmt.Fprintf(out, "\n```text\n%s\n", cmd.UseLine())
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			own.AddFlag(f)
		}
	})
	if usages := own.FlagUsages(); usages != "" {
		fmt.Fprintf(out, "\n%s", usages)
	}
	out.WriteString("```\n")
	if cmd.Example != "" {
		fmt.Fprintf(out, "\n```sh\n%s\n```\n", cmd.Example)
	}
}

// manifestPart shows the Slack app's manifest.
func manifestPart(t *testing.T) string {
	text, err := daemon.SlackManifest(daemon.ManifestOptions{Mode: "http", URL: "https://bot.hoster.example"})
	if err != nil {
		t.Fatal(err)
	}
	return "```yaml\n" + text + "```\n"
}
