fail() {
  echo "FAIL: $1"
  exit 1
}
[ "$(sh double.sh 21)" = 42 ] || fail 'doubles a number'
[ "$(sh double.sh 2>&1)" = 'one number' ] || fail 'says what it needs'
sh double.sh 2> /dev/null
[ "$?" = 2 ] || fail 'ends with 2'
