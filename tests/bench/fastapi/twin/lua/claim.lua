-- KEYS work; ARGV lease in ms, limit. Returns orders whose lease has expired, with a new lease.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGE', KEYS[1], '-inf', string.format('%.0f', now), 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, order in ipairs(due) do redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[1]), order) end
return due
