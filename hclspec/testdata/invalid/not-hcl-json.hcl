# ERROR(next): Not HCL
{"workflow": {}}
