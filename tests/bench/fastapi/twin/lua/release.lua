-- KEYS reservation, due, journal; ARGV order. Releases the stock; a later reserve finds the
-- reservation closed.
local known = redis.call('HMGET', KEYS[1], 'state', 'lines')
if known[1] and known[1] ~= 'held' then return known[1] end
if known[1] then
  for _, line in ipairs(cjson.decode(known[2])) do
    redis.call('HINCRBY', '{inv}:stock:' .. line[1], 'reserved', -line[2])
  end
  redis.call('ZREM', KEYS[2], ARGV[1])
end
redis.call('HSET', KEYS[1], 'state', 'released')
redis.call('XADD', KEYS[3], '*', 'released', ARGV[1], 'lines', known[2] or '[]')
return 'released'
