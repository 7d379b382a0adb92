-- KEYS index; ARGV begin, limit. Returns the last position if there are more rows, then document,
-- on_hand and reserved of each row.
-- A position is "<price>:<sku>", or ":<sku>" if rows are sorted by SKU.
local limit = tonumber(ARGV[2])
local places = redis.call('ZRANGE', KEYS[1], ARGV[1], '+', 'BYLEX', 'LIMIT', 0, limit + 1)
local rows = {#places > limit and places[limit] or ''}
for at = 1, math.min(#places, limit) do
  local sku = places[at]:match(':(.*)$')
  local stock = redis.call('HMGET', '{inv}:stock:' .. sku, 'on_hand', 'reserved')
  rows[#rows + 1] = redis.call('GET', '{inv}:product:' .. sku)
  rows[#rows + 1] = stock[1]
  rows[#rows + 1] = stock[2]
end
return rows
