;; A plugin that copies a note: it imports its embedder's `acme:notes/store`, and exports `copy`.
(component
  (type $store (instance
    (export "get" (func (param "key" string) (result (result string (error string)))))
    (export "put" (func (param "key" string) (param "text" string) (result (result (error string)))))))
  (import "acme:notes/store@1.0.0" (instance $store (type $store)))

  (core module $libc
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $libc (instantiate $libc))
  (core func $get (canon lower (func $store "get") (memory $libc "memory") (realloc (func $libc "realloc"))))
  (core func $put (canon lower (func $store "put") (memory $libc "memory") (realloc (func $libc "realloc"))))

  (core module $main
    (import "libc" "memory" (memory 2))
    (import "store" "get" (func $get (param i32 i32 i32)))
    (import "store" "put" (func $put (param i32 i32 i32 i32 i32)))
    (func (export "copy") (param $from i32) (param $from-length i32) (param $to i32) (param $to-length i32) (result i32)
      ;; What was read, or why not, is put at 1024; what comes of the whole, at 2048.
      (call $get (local.get $from) (local.get $from-length) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024))
        (then
          (i32.store8 (i32.const 2048) (i32.const 1))
          (i32.store (i32.const 2052) (i32.load (i32.const 1028)))
          (i32.store (i32.const 2056) (i32.load (i32.const 1032)))
          (return (i32.const 2048))))
      (call $put (local.get $to) (local.get $to-length)
        (i32.load (i32.const 1028)) (i32.load (i32.const 1032)) (i32.const 2048))
      (i32.const 2048)))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "store" (instance (export "get" (func $get)) (export "put" (func $put))))))

  (func (export "copy") (param "from" string) (param "to" string) (result (result (error string)))
    (canon lift (core func $main "copy") (memory $libc "memory") (realloc (func $libc "realloc")))))
