-- Creates an order. KEYS order, work, orders of the user; ARGV order, user, fingerprint, body,
-- lease in ms.
local known = redis.call('HMGET', KEYS[1], 'user', 'print', 'created')
if known[1] then
  if known[1] == ARGV[2] and known[2] == ARGV[3] then return {'repeat', known[3]} end
  return {'other', '0'}
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'user', ARGV[2], 'print', ARGV[3], 'body', ARGV[4], 'state', 'accepted', 'version', 1,
  'view', '{}', 'created', now, 'updated', now)
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[5]), ARGV[1])
redis.call('ZADD', KEYS[3], 0, string.format('%013.0f', now) .. ':' .. ARGV[1])
return {'created', now}
