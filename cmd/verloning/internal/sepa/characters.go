package sepa

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// permitted are the characters that every bank in the SEPA area takes.
const permitted = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ "

// Letters that are no letter with an accent, and how they are written without.
// Greek and Cyrillic follow EPC217-08, in pairs.
var spelled = spelling(`ł l Ł L ø o Ø O đ d Đ D ð d Ð D þ th Þ Th ß ss ẞ SS æ ae Æ Ae œ oe Œ Oe ı i ħ h Ħ H ŋ n Ŋ N ŧ t Ŧ T ĸ k ĳ ij Ĳ IJ ſ s
	α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o
	Α A Β V Γ G Δ D Ε E Ζ Z Η I Θ Th Ι I Κ K Λ L Μ M Ν N Ξ X Ο O Π P Ρ R Σ S Τ T Υ Y Φ F Χ Ch Ψ Ps Ω O
	а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х h ц ts ч ch ш sh щ sht ъ a ь y ю yu я ya ы y э e
	А A Б B В V Г G Д D Е E Ж Zh З Z И I Й Y К K Л L М M Н N О O П P Р R С S Т T У U Ф F Х H Ц Ts Ч Ch Ш Sh Щ Sht Ъ A Ь Y Ю Yu Я Ya Ы Y Э E
	’ ' ‘ ' ʼ ' ` + "` '" + ` ´ ' “ ' ” ' " ' „ ' – - — - ‐ - _ - & + \ / € EUR @ (at) ; , … ... { ( } ) [ ( ] ) ! . * . # . % . = - < ( > ) | / ~ - º o ª a`)

func spelling(pairs string) map[rune]string {
	words := strings.Fields(pairs)
	table := make(map[rune]string, len(words)/2)
	for i := 0; i+1 < len(words); i += 2 {
		letter, _ := utf8.DecodeRuneInString(words[i])
		table[letter] = words[i+1]
	}
	return table
}

// clean writes a text in the characters that banks take, at most so many of them.
// Accents are dropped, other letters are spelled, and what has no spelling becomes a
// point: no name is empty for that.
func clean(text string, most int) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		if word, ok := spelled[r]; ok {
			b.WriteString(word)
			continue
		}
		for _, part := range norm.NFKD.String(string(r)) {
			word, ok := spelled[part]
			switch {
			case strings.ContainsRune(permitted, part):
				b.WriteRune(part)
			case ok:
				b.WriteString(word)
			case part == '\t' || part == '\n' || part == '\r':
				b.WriteByte(' ')
			case accent(part):
			default:
				b.WriteByte('.')
			}
		}
	}
	short := strings.Join(strings.Fields(b.String()), " ")
	if len(short) > most {
		short = strings.TrimRight(short[:most], " ")
	}
	return short
}

// accent reports whether a character only modifies the letter before it.
func accent(r rune) bool {
	return norm.NFKD.PropertiesString(string(r)).CCC() != 0
}
