# ERROR(next): Not HCL
services:
  web:
    image: img:1
    ports:
      - "80:80"
