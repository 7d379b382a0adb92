-- The epoch, raised with each backup: a store whose epoch is older than Postgres's, or absent, is older than it was
-- (order-flow section 7).

-- ARGV: epoch. It is never lowered; answers the epoch now.
local function raise_epoch(_, args)
    if tonumber(args[1]) > epoch() then redis.call('SET', EPOCH, args[1]) end
    return epoch()
end

redis.register_function { function_name = 'pay1_epoch', callback = epoch, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_raise_epoch', callback = raise_epoch, flags = { 'allow-oom' } }
