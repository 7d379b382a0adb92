#!lua name=floor
-- One durable write: with `appendfsync always` the answer leaves the server after the sync.
redis.register_function('floor_put', function(keys, args)
  redis.call('SET', keys[1], args[1])
  return 1
end)
