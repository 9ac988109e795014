# Has abseil linked statically where its archives are installed: of its ten shared libraries, each
# of which the program would load and resolve at every start, it needs a few functions.
foreach(part IN ITEMS time time_zone civil_time strings strings_internal int128 base spinlock_wait
                      throw_delegate raw_logging_internal log_severity)
  get_target_property(shared absl::${part} LOCATION)
  string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${shared}")
  if(EXISTS "${archive}")
    get_target_property(configurations absl::${part} IMPORTED_CONFIGURATIONS)
    foreach(configuration IN LISTS configurations)
      set_property(TARGET absl::${part} PROPERTY IMPORTED_LOCATION_${configuration} "${archive}")
    endforeach()
  endif()
endforeach()
