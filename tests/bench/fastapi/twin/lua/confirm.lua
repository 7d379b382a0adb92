-- KEYS reservation, due, journal; ARGV order. Sells the stock, or releases it if the hold is past
-- its deadline.
local known = redis.call('HMGET', KEYS[1], 'state', 'lines', 'deadline')
if not known[1] then return 'unknown' end
if known[1] ~= 'held' then return known[1] end
local time = redis.call('TIME')
local state = time[1] * 1000 + time[2] / 1000 <= tonumber(known[3]) and 'confirmed' or 'expired'
for _, line in ipairs(cjson.decode(known[2])) do
  local stock = '{inv}:stock:' .. line[1]
  redis.call('HINCRBY', stock, 'reserved', -line[2])
  if state == 'confirmed' then redis.call('HINCRBY', stock, 'on_hand', -line[2]) end
end
redis.call('HSET', KEYS[1], 'state', state)
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('XADD', KEYS[3], '*', state, ARGV[1], 'lines', known[2])
return state
