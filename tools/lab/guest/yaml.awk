# tools/lab/guest/yaml.awk — flattens YAML into lines "path<TAB>value", for busybox awk in the test guest.
#
# "ethernets/eth0/addresses/0<TAB>192.0.2.7/24". Reads what our own writers emit: block maps and lists, flow maps and
# lists (so JSON too, on one line or many), plain and quoted scalars, block scalars (| and >, lines joined by \n,
# written as the two characters), comments on lines of their own or after a blank. No anchors, tags, merge keys or
# plain scalars of several lines. It is no validator: what it does not know gives wrong lines, never an error.

function emit(path, value) { sub(/^\//, "", path); print path "\t" value }

# Removes a comment from the end of a line, leaving "#" inside quotes and words.
function bare(line,    i, c, quote) {
  for (i = 1; i <= length(line); i++) {
    c = substr(line, i, 1)
    if (quote) { if (c == "\\" && quote == "\"") i++; else if (c == quote) quote = "" }
    else if (c == "\"" || c == "'") { if (i == 1 || index(" \t[{,:", substr(line, i - 1, 1))) quote = c }
    else if (c == "#" && (i == 1 || substr(line, i - 1, 1) == " ")) return substr(line, 1, i - 1)
  }
  return line
}

function trim(text) { gsub(/^[ \t\r]+|[ \t\r]+$/, "", text); return text }

function scalar(text) {
  text = trim(text)
  if (text ~ /^".*"$/) { text = substr(text, 2, length(text) - 2); gsub(/\\"/, "\"", text); gsub(/\\\//, "/", text) }
  else if (text ~ /^'.*'$/) { text = substr(text, 2, length(text) - 2); gsub(/''/, "'", text) }
  return text
}

# The end of what begins at `from`: the place of the first of `stops` outside quotes and brackets. A ":" ends a plain
# key only before a blank, a quoted one always.
function flow_end(text, from, stops,    i, c, depth, quote, quoted) {
  quoted = substr(text, from) ~ /^[ \t]*["']/
  for (i = from; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (quote) { if (c == "\\" && quote == "\"") i++; else if (c == quote) quote = "" }
    else if (c == "\"" || c == "'") quote = c
    else if (depth == 0 && index(stops, c) && (c != ":" || quoted || substr(text, i + 1, 1) ~ /^[ \t"\[{]?$/)) return i
    else if (c == "[" || c == "{") depth++
    else if (c == "]" || c == "}") depth--
  }
  return i
}

function flow(path, text,    at, end, n, key) {
  text = trim(text)
  if (text !~ /^[\[{]/) { emit(path, scalar(text)); return }
  n = 0
  for (at = 2; at < length(text); at = end + 1) {
    key = n++
    if (text ~ /^\{/) {
      end = flow_end(text, at, ":")
      key = scalar(substr(text, at, end - at))
      at = end + 1
    }
    end = flow_end(text, at, text ~ /^\{/ ? ",}" : ",]")
    if (trim(substr(text, at, end - at)) != "") flow(path "/" key, substr(text, at, end - at))
  }
}

# Whether every bracket of a flow value is closed.
function closed(text,    i, c, depth, quote) {
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (quote) { if (c == "\\" && quote == "\"") i++; else if (c == quote) quote = "" }
    else if (c == "\"" || c == "'") quote = c
    else if (c == "[" || c == "{") depth++
    else if (c == "]" || c == "}") depth--
  }
  return depth <= 0
}

# The value that stands at `path`: nothing (a block follows), a block scalar, a flow value or a scalar.
function value(path, text) {
  text = trim(text)
  if (text == "") return
  if (text ~ /^[|>][-+0-9]*$/) { block_path = path; block_depth = -1; block_text = ""; return }
  if (text ~ /^[\[{]/) {
    if (closed(text)) flow(path, text); else { open_path = path; open_text = text }
    return
  }
  emit(path, scalar(text))
}

# One line's content, which begins in column `column`. Levels are kept as a stack of (column, path, kind).
function content(text, column,    key, at) {
  while (top > 0 && (columns[top] > column || (columns[top] == column && kinds[top] == "list" && text !~ /^-( |$)/))) top--
  if (text ~ /^-( |$)/) {
    if (!(columns[top] == column && kinds[top] == "list" && top > 0)) push(column, under, "list", -1)
    counts[top]++
    under = paths[top] "/" counts[top]
    key = substr(text, 2)
    match(key, /^ */)
    if (trim(key) != "") content(substr(key, RLENGTH + 1), column + 1 + RLENGTH)
    return
  }
  at = text ~ /^[\[{]/ ? 0 : flow_end(text, 1, ":")
  if (at == 0 || at > length(text)) { value(under, text); return }
  if (!(columns[top] == column && kinds[top] == "map" && top > 0)) push(column, under, "map", 0)
  under = paths[top] "/" scalar(substr(text, 1, at - 1))
  value(under, substr(text, at + 1))
}

function push(column, path, kind, count) {
  top++
  columns[top] = column; paths[top] = path; kinds[top] = kind; counts[top] = count
}

function finish_block() { if (block_path != "") emit(block_path, block_text); block_path = "" }

BEGIN { top = 0; under = "" }

block_path != "" {
  match($0, /^ */)
  if (block_depth < 0 && trim($0) != "") block_depth = RLENGTH > (top ? columns[top] : -1) ? RLENGTH : 0
  if (trim($0) == "" || (block_depth > 0 && RLENGTH >= block_depth)) {
    block_text = block_text (block_text == "" ? "" : "\\n") substr($0, block_depth + 1)
    next
  }
  finish_block()
}

open_path != "" {
  open_text = open_text " " bare($0)
  if (closed(open_text)) { flow(open_path == "/" ? "" : open_path, open_text); open_path = "" }
  next
}

/^(---|\.\.\.)/ || /^%/ { next }

{
  line = bare($0)
  if (trim(line) == "") next
  match(line, /^ */)
  if (RLENGTH == 0 && line ~ /^[\[{]/ && !closed(line)) { open_path = "/"; open_text = line; next }
  content(trim(line), RLENGTH)
}

END { finish_block() }
