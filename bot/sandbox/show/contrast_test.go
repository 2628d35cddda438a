package show_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The page must be readable on every surface that it has, in both colour schemes (WCAG 2.2: 1.4.3 and 1.4.11).
func TestEveryColourCanBeReadOnEverySurface(t *testing.T) {
	css := file(t, "style.css")
	light, dark, found := strings.Cut(css, "prefers-color-scheme: dark")
	if !found {
		t.Fatal("there is no dark scheme")
	}
	dark, _, _ = strings.Cut(dark, "* { box-sizing")
	for name, p := range map[string]map[string]float64{"light": palette(t, light), "dark": palette(t, dark)} {
		for _, on := range []string{"page", "surface", "changed"} {
			for _, text := range []string{"text", "muted", "primary", "ok", "warn", "danger"} {
				atLeast(t, name, p, text, on, 4.5)
			}
			atLeast(t, name, p, "line", on, 3) // the edges of fields and buttons; the focus and the outline are text colours
		}
		atLeast(t, name, p, "filled", "primary", 4.5)
		atLeast(t, name, p, "page", "text", 4.5) // a button that is pressed
	}
}

// A colour that isn't in the palette hasn't been computed.
func TestColoursComeFromThePalette(t *testing.T) {
	_, rules, _ := strings.Cut(file(t, "style.css"), "* { box-sizing")
	if found := regexp.MustCompile(`#[0-9a-f]{3,8}\b`).FindAllString(rules, -1); len(found) > 0 {
		t.Errorf("colours outside the palette: %q", found)
	}
}

func palette(t *testing.T, css string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for _, m := range regexp.MustCompile(`--([a-z]+): #([0-9a-f]{6})`).FindAllStringSubmatch(css, -1) {
		if _, twice := out[m[1]]; twice {
			t.Fatalf("%s is there twice", m[1])
		}
		out[m[1]] = luminance(t, m[2])
	}
	if len(out) != 11 {
		t.Fatalf("%d colours, want 11", len(out))
	}
	return out
}

// luminance is the relative luminance of a colour, as WCAG defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for n, weight := range []float64{0.2126, 0.7152, 0.0722} {
		raw, err := strconv.ParseUint(hex[2*n:2*n+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(raw) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func atLeast(t *testing.T, scheme string, p map[string]float64, a, b string, want float64) {
	t.Helper()
	hi, lo := max(p[a], p[b]), min(p[a], p[b])
	if got := (hi + 0.05) / (lo + 0.05); got < want {
		t.Errorf("%s: %s on %s has %.2f:1, want %.1f:1", scheme, a, b, got, want)
	}
}

func file(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
