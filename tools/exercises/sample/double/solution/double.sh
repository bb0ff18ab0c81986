if [ "$#" -ne 1 ]; then
  echo 'one number' >&2
  exit 2
fi
echo "$(($1 * 2))"
