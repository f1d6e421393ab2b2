package pdf

import (
	"strings"
	"sync"
	"unicode"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// family is the name of the typeface within a file.
const family = "liberation"

// faces are the fonts by style, as the library names styles.
var faces = map[string][]byte{"": liberationsansregular.TTF, "B": liberationsansbold.TTF}

// missing is drawn for what a font does not have: an empty box.
const missing = '□'

// glyphs knows which runes both fonts have. A font that can not be read has none,
// and every text would be marks: a test sees that.
var glyphs = sync.OnceValue(func() func(rune) bool {
	var fonts []*sfnt.Font
	for _, font := range faces {
		parsed, err := sfnt.Parse(font)
		if err != nil {
			return func(rune) bool { return false }
		}
		fonts = append(fonts, parsed)
	}
	known := make(map[rune]bool)
	var buffer sfnt.Buffer
	for r := rune(' '); r <= 0xFFFF; r++ {
		known[r] = true
		for _, font := range fonts {
			if at, err := font.GlyphIndex(&buffer, r); err != nil || at == 0 {
				delete(known, r)
			}
		}
	}
	return func(r rune) bool { return known[r] }
})

// clean makes a text such as the fonts can draw it: composed, so that a letter and
// its accent are one, white space as plain spaces, and what there is no glyph for
// as a mark.
func clean(s string) string {
	has := glyphs()
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00A0':
			return ' '
		case !has(r):
			return missing
		}
		return r
	}, norm.NFC.String(s))
}
