# tools/lab/guest/runcmd.awk — turns the flattened runcmd into a shell script: a string is a line, a list is a command.
BEGIN { FS = "\t" }
$1 !~ /^runcmd\// { next }
{
  text = substr($0, length($1) + 2)
  split($1, part, "/")
  if (part[3] == "") {
    gsub(/\\n/, "\n", text)
    line = text
  } else {
    gsub(/'/, "'\\''", text)
    line = (part[3] == "0" ? "" : line " ") "'" text "'"
  }
  lines[part[2]] = line
  if (part[2] + 0 > last) last = part[2] + 0
}
END { for (i = 0; i <= last; i++) if (i in lines) print lines[i] }
