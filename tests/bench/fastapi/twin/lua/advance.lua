-- KEYS order, work, ledger; ARGV order, version, from, to, lease in ms, entry of the ledger, then
-- fields and values.
-- Returns the time, or nothing if the order has moved meanwhile.
local known = redis.call('HMGET', KEYS[1], 'version', 'state')
if known[1] ~= ARGV[2] or known[2] ~= ARGV[3] then return false end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'state', ARGV[4], 'version', string.format('%.0f', ARGV[2] + 1), 'updated', now, unpack(ARGV, 7))
redis.call('RPUSH', KEYS[3], ARGV[6] .. ':' .. now)
if ARGV[4] == 'completed' or ARGV[4] == 'cancelled' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[5]), ARGV[1])
end
return now
